"""Addresses of the staff's pages."""

from django.urls import path

from goodstanding.delivery.web.desk import board, classify, clients, imports, people, place, runs, terms, ticket, tickets

urlpatterns = [
    path("", board.start, name="start"),
    path("board", board.board, name="board"),
    path("tickets", tickets.tickets, name="tickets"),
    path("tickets.csv", tickets.export, name="export_tickets"),
    path("tickets/<uuid:public_id>", ticket.ticket, name="ticket"),
    path("tickets/<uuid:public_id>/waive", ticket.waive, name="waive"),
    path("search", tickets.search, name="search"),
    path("clients", clients.clients, name="clients"),
    path("clients/add", clients.add_client, name="add_client"),
    path("clients/<uuid:public_id>", clients.client, name="client"),
    path("clients/<uuid:public_id>/assign", clients.assign, name="assign"),
    path("tiers", terms.tiers, name="tiers"),
    path("tiers/new", terms.write_tier, name="new_tier"),
    path("tiers/<uuid:public_id>", terms.tier, name="tier"),
    path("tiers/<uuid:public_id>/write", terms.write_tier, name="write_tier"),
    path("calendars", terms.calendars, name="calendars"),
    path("calendars/new", terms.write_calendar, name="new_calendar"),
    path("calendars/<uuid:public_id>", terms.calendar, name="calendar"),
    path("calendars/<uuid:public_id>/write", terms.write_calendar, name="write_calendar"),
    path("classify", classify.classifier, name="classify"),
    path("import", imports.start, name="import"),
    path("import/<uuid:public_id>", imports.preview, name="preview"),
    path("runs", runs.runs, name="runs"),
    path("runs/<uuid:public_id>", runs.run, name="run"),
    path("runs/<uuid:public_id>/retry", runs.retry, name="retry_run"),
    path("people", people.people, name="people"),
    path("people/add", people.add_person, name="add_person"),
    path("place", place.place, name="place"),
]
