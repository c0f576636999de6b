"""Subjects of application support, development and infrastructure."""

from typing import Final

# Each subject is a line of its usual priorities and its title, then, indented, what mends it; `# ` opens a topic.

APPLICATION: Final = """\
# reports
4  Delivery slip prints a blank second page
   The footer was a line too high for the paper format. It fits now.
3  Invoice PDF takes {secs} seconds
   A product image of 14 MB was printed on each line. It is made smaller.
3  Report 'Sales by region' shows last year's figures
   The saved filter held a fixed year. It follows the current one.
3  Export of the pivot loses decimals
   The column is exported as a number with two decimals now.
3  Dashboard shows no figures for {month}
   The source of the dashboard was limited to the old company. It covers both.
3  Scheduled report arrives empty
   It ran before the nightly job had finished. It runs at seven now.
4  Logo missing on documents of the second company
   The logo is uploaded for the second company too.
4  Add a column 'customer reference' to the order list
   The column is there and can be switched on in the list.
34 Statement for {cust} shows paid invoices
   The statement now leaves out what is reconciled.
# access
1  Nobody can log in: 'database expired' banner
   The subscription code had not been renewed on this database. It is entered, and everybody can sign in.
23 {user} cannot sign in after changing the phone
   The second factor is reset. At the next sign-in a new one is set up.
4  New colleague {user} needs the same rights as {other}
   The account is made, with the same groups, and the invitation is sent.
3  Access error on opening {so}
   The order belongs to a branch that was not among the user's companies. It is added.
2  {user} can see the salaries menu
   The group came with another role. It is removed, and nobody else had it.
12 Portal users see invoices of other contacts
   A copied record rule had no condition. It is deleted, and we checked the log of who opened what.
3  Record rule hides quotations of the own team
   The rule compared with the old team. It follows the user's team now.
4  Archive the account of {user}
   The account is archived and the open activities are handed to {other}.
23 Password reset mails do not arrive
   The sender address was not allowed by the mail server. It is, and a test arrived.
# mail
2  Outgoing mail queue stuck: {count} messages
   One message with a broken attachment blocked the queue. It is taken out, the rest went out.
3  Mails to customers land in spam
   The SPF record lacked the new mail server. It is added by your provider.
23 Replies of customers do not reach the chatter
   The alias had been renamed. The old one forwards to it now.
4  Activity reminders arrive twice
   Two daily summaries were active. One is left.
23 Catch-all address bounces
   The mailbox was full. It is emptied each night now.
4  Mail signature shows the old address
   The signature takes the address from the company's card.
# data
3  Import of {count} contacts stops at line {line}
   The line had a country that Odoo does not know. With the ISO code the import goes through.
3  Product import sets wrong units of measure
   The column was matched to the purchase unit. The template is corrected and {count} products are set right.
34 Export of the journal for the auditor
   The export is ready in the documents folder, with the columns the auditor asked for.
3  Duplicate contacts after the import of {month}
   {count} pairs are merged; the import now looks for the tax number first.
4  Merge {cust} with its duplicate
   The two cards are merged, orders and invoices are on the one that is left.
"""

DEVELOPMENT: Final = """\
# custom
12 Custom module '{module}' blocks the confirmation of orders
   A check of the module failed for orders without delivery. It is corrected and deployed.
2  Traceback on saving a product: unknown field in '{module}'
   The view named a field that had been removed. The view is corrected.
2  Automation rule runs in a loop on invoices
   The rule wrote the field that set it off. It is limited to the first change.
3  Rounding in '{module}' differs from the ledger
   The module rounded each line. It rounds the total now, as the ledger does.
4  Second approval for orders over {amount}
   Orders above the limit ask for the second approval. It is live since tonight.
4  New field for the customs code on transfers
   The field is on the transfer, in the report and in the export.
4  Label layout of 50 x 30 mm
   The layout is installed; choose it under print, labels.
4  Show the promised date on the kanban cards
   The date is on the card, red when it has passed.
23 Button 'Send to carrier' does nothing
   The button called a method of the former carrier module. It calls the new one.
3  Order list slow since '{module}' was installed
   The field was computed for each line. It is stored now, and the list opens in a second.
34 Wizard '{module}' does not accept negative quantities
   Returns may be negative now, everything else may not.
# integration
12 Orders of the marketplace not imported since 06:40
   The marketplace had changed the format of dates. The connector reads both, and the missing orders are in.
2  API user of the web shop gets error 403
   The key had reached its end. A new one is in place, with a reminder before it ends.
23 Carrier interface answers 'invalid postcode'
   The postcode was sent with a blank. It is trimmed, and the labels are printed.
3  Stock levels reach the marketplace an hour late
   The job sends changes as they happen and not every hour.
2  Despatch advice refused by {cust}
   The customer expects the pallet number in another segment. The message is corrected and accepted.
3  Webhook to the newsletter tool called twice
   The webhook was registered twice. One is left.
3  Renew the consent of the bank connector
   The consent is renewed for 180 days.
34 Connect the new label printer in {wh}
   The printer is known to the IoT box and prints from the transfer.
4  Export for the tax adviser: two more columns
   Both columns are in the export.
# upgrade
3  Test upgrade to {version}: custom fields of '{module}' lost
   The migration script now carries the fields over. The second test run is clean.
2  Menus of '{module}' gone after the update
   The menus had lost their parent. They are back in their place.
4  Refresh the staging database
   Staging is a copy of last night, with mails switched off.
3  Translations lost after the update
   The translations are loaded again and marked as not to be overwritten.
3  Old view of '{module}' blocks the test upgrade
   The view is rewritten for {version} and the upgrade goes on.
"""

INFRASTRUCTURE: Final = """\
# performance
2  Odoo slow since {clock}: pages take {secs} seconds
   A report without a date filter held the database. It is stopped and its period is limited.
23 Time-outs on opening the inventory report
   An index was missing on the moves. With it the report opens in {secs} seconds.
2  Workers killed at the memory limit
   One import read the whole file at once. It works in batches, and memory stays flat.
3  Database has grown by {gb} GB in a week
   Attachments of failed imports made up most of it. They are removed and cleaned up weekly.
3  Nightly scheduler ran for {secs} minutes
   It met the backup. It starts an hour later now and takes four minutes.
# hosting
1  Production answers with 502 Bad Gateway
   The application server had stopped after a full disk. Logs are rotated and the service is up.
1  Database unreachable, nobody can work
   The database did not come back after a restart of the host. It is up, and it starts by itself now.
2  Backup of last night failed
   The storage was full. It is enlarged, a backup was made and its restore tested.
23 TLS certificate of {site} expires in five days
   The certificate is renewed, and the renewal is automatic from now on.
12 Scheduled actions have not run since midnight
   The cron worker hung on a lock. It is restarted and has caught up.
2  Disk of the production server at 91 %
   Old filestore copies are removed. The disk is at 64 %, with an alert at 80 %.
3  Printing over the VPN drops out
   The tunnel renewed its keys too seldom. Since the change it is stable.
3  Restore a deleted pricelist from yesterday's backup
   The pricelist is taken from the backup and imported, with all its rules.
4  New subdomain for the portal
   The subdomain answers, with its own certificate.
3  Chat shows 'connection lost' every minute
   The proxy closed long connections after 60 seconds. It keeps them open now.
"""
