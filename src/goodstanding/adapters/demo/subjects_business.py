"""Subjects of functional support: accounts, sales, purchase, stock, production, shops and people."""

from typing import Final

# Each subject is a line of its usual priorities and its title, then, indented, what mends it; `# ` opens a topic.

BUSINESS: Final = """\
# accounting
12 Nobody can post customer invoices: sequence error
   Two invoices had been given one number by hand. The gap is closed and posting works again.
2  Invoices cannot be confirmed: no journal for {own}
   The sales journal had been archived with the old branch. It is active again.
23 VAT report {month} does not match the general ledger
   Three entries were posted without tax grids. They carry them now, and report and ledger agree.
3  Bill {bill} posted to the wrong period
   The bill is reversed and posted again in {month}, after the lock date was moved by your accountant.
3  Cash basis taxes missing on the payment of {inv}
   The tax had no transition account. It has one now, and the entry for this payment is made.
3  Exchange difference entry doubled on {inv}
   The second entry came from a manual reconciliation. It is reversed.
3  Credit note {inv} does not reconcile with its invoice
   It was booked on another receivable account. Corrected and reconciled.
3  Deferred revenue of {inv} not spread over the contract
   The deferral needs start and end date on the line. The twelve entries are generated.
3  Asset depreciation for {month} not posted
   The scheduled action had been switched off. It is on again and the month is posted.
4  Payment terms: the second instalment falls on a Sunday
   Odoo has no rule for weekends in payment terms. The terms now use the end of the month.
34 Aged receivable shows {cust} twice
   The customer existed in two companies. The two cards are merged.
23 Follow-up letters went to customers who have paid
   The letters were started before the statement was reconciled. The step now waits a day.
3  Analytic distribution lost when a bill is duplicated
   A default of the supplier overwrote it. The default is removed.
3  Fiscal position not applied to {cust}
   The country was missing on the delivery address. With it the fiscal position is found.
4  Add the customer's order number to the invoice layout
   The number is printed below the invoice date from now on.
3  Early payment discount calculated on the gross amount
   The discount is set to be calculated without tax, as your contract says.
# bank
23 Bank synchronisation stopped for the {cur} journal
   The bank's consent had run out. It is renewed and the missing days are loaded.
3  Statement of {month} imported twice
   The second copy is removed; the import now refuses a statement that is already there.
3  Reconciliation proposes invoices of another company
   The journal was shared between companies. Each has its own now.
2  Payment file refused by the bank: invalid BIC for {supp}
   The BIC had a letter too many. Corrected, and the new file was accepted.
3  Payment of {amount} matched to the wrong customer
   The match is undone and set to the right invoice.
3  Opening balance of the {cur} account off by {amount}
   A manual line of last year was dated before the opening entry. It is moved.
23 Batch payment of {count} bills stuck in 'Sent'
   The bank's confirmation had another reference. The bills are marked as paid.
4  Reconciliation model for card fees
   The model splits the fee off and books it to bank charges.
# einvoice
12 E-invoices rejected by {authority} since this morning
   {authority} had changed a check. The update of the localisation is installed and the queue is empty.
23 {inv} rejected by {authority}: tax code missing on line 3
   The service product had no tax code. It has one, and the invoice was accepted.
3  E-invoice of {supp} not received from {authority}
   The message lay in the queue with another tax number. It is assigned to you and imported.
2  Certificate for {authority} expires next week
   The new certificate is installed and a test invoice was accepted.
2  Credit notes sent to {authority} with the wrong document type
   The mapping of document types is corrected; the three credit notes are sent again.
34 Invoice XML lacks the order reference the customer asks for
   The reference is now taken from the customer's reference of the order.
# sales
12 Sales orders cannot be confirmed: no rule for the route
   The warehouse had lost its delivery route. It is restored and orders confirm.
3  Discount disappears when {so} is confirmed
   The pricelist was computed again on confirmation. The discount is now part of the rule.
3  Pricelist not applied to {cust}
   The pricelist was limited to another website. The limit is taken off.
4  Quotation template prints in the wrong language
   The template follows the customer's language now.
3  {so} shows 'Nothing to invoice' after delivery
   The product was invoiced on ordered quantities. The policy is changed and the line can be invoiced.
23 Down payment invoiced twice on {so}
   The second down payment is credited and the order shows the right balance.
3  Margin on {so} wrong after the cost update
   The margin keeps the cost of the day of confirmation. It is recomputed for open orders.
3  Sales team sees orders of the other branch
   Two salespeople were in both teams. The teams are set apart again.
3  Optional products missing in the online quotation
   They were not published. They are, and the quotation shows them.
4  Activity 'Upsell' created for cancelled orders
   The rule now leaves out cancelled orders.
3  Promised date on {so} ignores the lead time of {product}
   The lead time was set on the variant, not on the supplier line. The promised date is right now.
# purchase
2  Purchase approvals reach nobody
   The approver had left the company. The rule names the new head of purchasing.
3  {po} confirmed with last year's price
   The old price line had no end date. It has one, and the order is corrected.
3  Bill {bill} cannot be matched with {po}: quantity differs
   The backorder had not been received. After the receipt the bill matches.
3  Reordering rule for {product} proposes zero
   The product was on a multiple of zero. The rule proposes {count} pieces now.
3  Landed costs not split on receipt {receipt}
   Two products had no weight, so nothing could be split by weight. It is entered and the costs are split.
3  Vendor price import skips lines with decimals
   The file used a comma. The import template now reads both.
34 Request for quotation goes to an old address of {supp}
   The old contact is archived and the new one marked for quotations.
3  Blanket order quantity not reduced by {po}
   The order was not linked to the agreement. It is linked and the quantity is right.
# stock
2  Delivery {out} cannot be validated: lot {lot} already used
   The lot had been received twice with one number. The second is renamed and the delivery is done.
3  Negative stock of {product} in {wh}
   A return had been validated from the wrong location. The move is corrected and stock is at {count}.
23 Inventory valuation and ledger differ by {amount}
   Two manual entries on the stock account explain the difference. They are reversed with your accountant's consent.
23 Barcode app does not find {product}
   The barcode held a blank at the end. It is cleaned, together with {count} others.
3  Transfer {int} waits although stock is there
   The stock was reserved for a cancelled order. The reservation is released.
34 Picking list prints without locations
   The setting for storage locations was off after the update. It is on again.
3  Serial numbers skipped on receipt {receipt}
   The range was pasted with blank lines. The missing numbers are added.
12 Warehouse scanners all logged out at once
   Their shared account had been asked for a new password. Each scanner has its own account now.
3  Expiry date missing on lots of {product}
   The product category had no expiry setting. It has, and open lots are completed.
2  Carrier label empty for {out}
   The parcel had no weight. With the weight the label prints.
3  Put-away rule ignored for {product}
   A rule of the category came first. The order of the rules is changed.
4  Cycle count proposal for slow movers
   The count runs each quarter for everything without moves in 90 days.
3  Package {lot} cannot be moved between locations
   The package was half reserved. After releasing it the move went through.
# mrp
12 Work orders cannot be started on the shop floor tablets
   The tablets' session had run out during the night. They stay signed in now.
2  {mo} consumes twice the components
   The bill of materials held a line twice. It is corrected, and the excess is back in stock.
3  Bill of materials of {product} shows an old version
   The old version had the lower sequence number. It is archived.
3  Backorder of {mo} has no components
   The consumption was set to flexible. The components are added and the setting is strict.
3  Work centre capacity counted twice in the plan
   Two calendars overlapped on the work centre. One is left.
3  Scrap on {mo} not in the cost
   The scrap was booked without the order. It is linked and the cost is right.
3  Subcontracting receipt {receipt} without component moves
   The supplier lacked its subcontracting location. It is set and the moves are made.
34 Maintenance request not created from the quality alert
   The stage had no action. Alerts in 'Confirmed' make a request now.
4  Show operation times in minutes and seconds
   Times are shown as minutes and seconds on the tablet and in the report.
# pos
23 POS session will not close: difference of 0.01
   A rounding line was missing for cash. Cash rounding is set and the session is closed.
12 Card terminal not found by the till
   The terminal had a new address after the router was changed. It has a fixed one now.
2  POS receipts print without the fiscal code
   The field had been dropped from the receipt layout. It is back.
3  Loyalty points not added for online customers
   The programme was limited to the shop. It covers the web shop too.
23 POS slow at lunch time, {secs} seconds an order
   The till loaded every product at each order. It loads the shop's own range now.
4  Reasons for cash in and out to be limited by shop
   Each shop has its own list of reasons.
3  Refund at the till posts to the wrong journal
   The refund used the default journal. The shop's own is set.
# shop
1  Checkout fails with error 500 for guest customers
   A mandatory field had no value for guests. It has a default and the checkout works.
1  Payment provider refuses all cards
   The provider had replaced its key. The new key is stored and cards are accepted.
2  Orders paid but still quotations, such as {so}
   The provider's notice was blocked by the firewall. It is let through and {count} orders are confirmed.
23 Delivery price is zero for heavy parcels
   The price table ended at 30 kg. The next step is added.
3  {product} shows 'out of stock' with {count} in stock
   The web shop looked at another warehouse. It looks at {wh} now.
3  Abandoned cart mails sent to people who bought
   The mail now waits until the order is confirmed or a day has passed.
3  Product feed lists archived variants
   The feed leaves out what is archived.
4  Filter by colour shows empty values
   Values without products are hidden.
3  Gift card cannot be combined with a voucher
   Both programmes allow each other now.
34 Shop search finds nothing for words with macrons
   The search ignores accents and macrons now.
4  Change the order of the delivery methods
   Courier comes first, collection last, as asked.
2  Voucher {lot} accepted twice
   The limit of one use was set per customer. It is set per voucher.
# people
23 Timesheets of {month} cannot be validated
   The approver's team had changed. The sheets are with the right person and validated.
3  Leave balance of {user} wrong after the carry-over
   The carry-over ran twice. One of the two allocations is removed.
3  Expenses of {user} held by the second approver rule
   The limit was in another currency. It is converted and the report is approved.
2  Attendance kiosk does not start
   The kiosk page needed a new address after the update. It starts by itself again.
2  Hours of {month} invoiced twice on {so}
   The hours had been linked to two lines. The second invoice is credited.
3  Planning sends shifts to people on leave
   Approved leave is now taken out of the plan before it is sent.
3  Billable hours missing in the project update
   The hours lay on a task without order line. They are linked.
4  Recruitment mails in the wrong language
   The mail follows the applicant's language.
3  Prepaid hours on {so} not reduced
   The unit of the product was days. It is hours now, and the balance is right.
# appointments
12 Patients cannot book online: no slots shown
   The resource calendar had ended with the month. It is extended and slots are shown.
2  Appointment reminders not sent since yesterday
   The text message account was empty. It is topped up and the reminders of today are sent.
23 Two appointments booked in the same room
   The room was not a resource of the second type. It is, and the clash is solved.
23 Practitioner calendar shifted by one hour
   Her account had another time zone. It is corrected and the appointments are right.
3  Insurance invoices of {month} lack the case number
   The case number is taken from the appointment now; the open invoices are completed.
4  Treatment plan prints without the signature box
   The box is back at the end of the plan.
3  Questionnaire answers not linked to the patient
   The answers are linked by the mail address of the booking now.
"""
