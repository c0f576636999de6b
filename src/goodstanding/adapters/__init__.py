"""The storey that talks: Odoo, mail, chat, webhooks, probes, source code and files; no framework, no database."""
