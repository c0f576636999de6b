"""What clients and staff say about each topic: how a mail goes on, what is asked back, and what is answered."""

from typing import Final

# `# ` opens a topic; `+ ` is a client's second sentence, `? ` a question of the staff's, `= ` an answer to it.

TOPICS: Final = """\
# accounting
+ Our accountant noticed it while closing {month}.
+ It concerns {inv} and, as far as we can see, two or three others.
+ The amounts were right when we checked last week.
? Could you send us a screenshot of one example, and say what you expect to see instead?
= Screenshot attached. The line in question is the one over {amount}.
= Here it is. We think it begins with {inv}, everything before is right.
? Has anybody changed taxes, journals or fiscal positions since {month}?
= {user} added a tax for a new supplier on Monday, I had forgotten about it.
= Not as far as I know, and nobody else here has the rights to.
# bank
+ {user} noticed it while reconciling.
+ We reconcile each morning, today it was not possible.
+ It concerns the {cur} account and perhaps others.
? Which bank account is it, and could you send us a screenshot?
= It is the {cur} account, screenshot attached.
= The main account. The screenshot shows the whole list.
? May we correct it ourselves? The reconciliation of those days would have to be done again.
= Yes, go ahead, there were only {count} lines.
= Please do it after five, we are still working on that journal.
# einvoice
+ The status shows an error and the customer is waiting for the document.
+ {user} saw it in the list of the day.
+ We have to send {count} more of them before the end of the day.
? Could you send us the answer file, or the error code shown in the chatter of {inv}?
= The code is 00417, with the text 'value not allowed here'. File attached.
= Here is the file. {user} says the same came up in {month} once.
? Is the customer's tax number the same as in the register?
= You are right, it changed with the merger. The new number is in the mail attached.
= Yes, we checked it this morning.
# sales
+ We noticed it on {so}, the customer is {cust}.
+ Sales have to work around it by hand at the moment.
+ It happens with new orders only, older ones are fine.
? Which user confirmed {so}, and from which quotation template was it made?
= {user} did, from the standard template of the spring.
= It came from the web shop, so no template. I confirmed it myself.
? How should it look? A short example with the prices you expect would help.
= Take {so}: we expect {amount} in total, and 5 % off the second line only.
= Like {cust} last year, the sheet is attached.
# purchase
+ The order in question is {po}, the supplier is {supp}.
+ {user} has corrected it by hand twice already.
+ The supplier asks when we will confirm.
? Could you show us on {po} what you expect to see?
= We expect {count} pieces at {amount} in total.
= A comparison with an older order is attached, there it was right.
? Since when is it so: do older orders of {supp} show the same?
= Only orders since Monday.
= All of them, we had not noticed.
# stock
+ The goods are on the floor, we only cannot book them.
+ {user} noticed it while picking.
+ The picker has put the parcel aside with a note.
? Could you tell us lot and location as the label shows them?
= Lot {lot}, location {wh}/Stock/B-04.
= The label says {lot}. There is a second pallet with the same number.
? Is it this product only, or others in {wh} too?
= Only {product}, as far as we can see.
= Others too: everything that came in last week.
# mrp
+ The order is {mo}, the shift begins at six.
+ The operators write times on paper meanwhile.
+ It came up after the plan of the week was made.
? Which order may we use as an example?
= {mo}, it is on hold for you.
= Take {mo}, {user} on the shop floor knows.
? Does it happen at every work centre or only at one?
= Only at the saw and the press, the others are fine.
= Everywhere, we have tried three.
# pos
+ The shop opens at nine and works with paper receipts until then.
+ It is till 2, the other till works.
+ {user} has restarted till and printer, without success.
? Could you send us a photo of the message and the name of the session?
= Photo attached, the session is POS/{line}.
= It says 'closing control failed', session POS/{line}.
? Has anything changed in the shop: router, printer, card terminal?
= The provider replaced the router on Tuesday, now that you ask.
= Nothing at all, as far as the shop knows.
# shop
+ We see it in the statistics too: {count} baskets since this morning.
+ It happens on phones and on the computer alike.
+ A customer told us on the phone, we could repeat it ourselves.
? With which product, payment method and browser can you repeat it?
= {product}, by card, Chrome on Android. Always.
= Any product, but only for customers without an account.
? May we switch on the shop's debug log for an hour?
= Yes, please do, and tell us when to try.
= Yes, but not between seven and nine in the evening.
# people
+ It concerns {user} and perhaps the whole team.
+ Wages are prepared on the 25th, until then it has to be right.
+ The sheet of {month} shows it best.
? Could you send us the name of the person and the days that are wrong?
= It is {user}, the 3rd and the 4th. On both days 8 hours are missing.
= {user}, all of {month}.
? Should the correction count back to {month}, or only from now on?
= Back to {month} please, finance needs the full month.
= From now on is enough.
# appointments
+ Patients ring us because of it.
+ It began with the calendar of next month.
+ The secretariat books by phone meanwhile.
? Which practitioner and which type of appointment is it?
= All of Dr. {user}'s first visits, follow-ups are fine.
= Two practitioners, it is the type '{product}'.
? Have opening hours or rooms been changed recently?
= Room 3 is new since Monday.
= No, but Dr. {user} came back from leave and works other days now.
# reports
+ It is needed for the meeting on Thursday.
+ The version of {month} was still right.
+ Printing from the list and from the form gives the same.
? Could you send us the document as it comes out, and mark what should be different?
= Attached, with the place marked in yellow.
= Here it is. Compare it with the one of {month}, please.
? For which companies and languages should the change be made?
= For all of them, please.
= Only for the first company, in English.
# access
+ {user} needs it for today's work.
+ With my own account it works.
+ We noticed it by chance.
? Since when is it so, and who is concerned?
= Since this morning, only {user}.
= Since Monday. Two colleagues have told me the same.
? May we look at it with the account of {user} for a moment?
= Yes, {user} knows and agrees.
= Yes, but please write a note about it in the log.
# mail
+ The last mail that went out was of yesterday, 18:20.
+ Two customers have asked where their documents are.
+ Our provider says that everything is fine on his side.
? Could you forward one such mail with its full headers?
= Forwarded to you just now.
= Attached as a file, our mail program shows it that way.
? Has the provider changed anything about the mailbox or the DNS records?
= They moved us to another server on Monday, I hear.
= They say no. I have asked for it in writing.
# data
+ The file is attached.
+ We have tried with half of it, that went through.
+ The list comes from our old system.
? Which column is the one that identifies a record, the number or the name?
= The number. The name may change.
= The tax number where there is one, else the name.
? May we try it on the staging database first?
= Yes, of course.
= Yes, please tell {user} when it can be checked there.
# custom
+ The module was extended in {month}.
+ We have attached the traceback.
+ It works in the test database.
? Could you describe the steps until the message comes, one by one?
= Open {so}, change the quantity, save. The message comes on saving.
= It comes with every order that has more than one warehouse.
? Who else should agree before we deploy: production, sales, finance?
= {user} from sales, I have copied them in.
= My agreement is enough.
# integration
+ The log of the other side is attached.
+ Their support says that the request does not arrive.
+ We enter the most urgent ones by hand.
? Could you ask the other side for request and answer of one example?
= Here they are, for {so}.
= They answer within a day, I will send it on.
? Since when exactly has it been so, and has the other side deployed anything?
= Since 06:40, and yes, they had a release tonight.
= We noticed at nine. They say nothing has changed.
# upgrade
+ We are preparing {version} and would like to keep the date.
+ {user} tested it on staging.
+ The list of what is missing is attached.
? Is the function still needed, or can it be dropped with {version}?
= It is needed, by the warehouse every day.
= We can drop the report, but not the fields.
? When may we refresh staging? Everything entered there will be gone.
= Tonight is fine.
= From Thursday on, {user} is still testing.
# performance
+ About {count} people work in it at this time.
+ We noticed it this week for the first time.
+ {user} wrote down the times, the list is attached.
? Since when do you notice it, and at which times of the day?
= Since Monday, mostly between nine and eleven.
= All day, and since the weekend as far as we remember.
? Does anybody run large reports or imports at that time?
= Finance runs the ageing report around ten, that may be it.
= Not that we know of.
# hosting
+ {user} is our contact for it.
+ Nothing was changed on our side.
+ Please keep me informed, also by phone.
? May we make the change at once? For two minutes nobody could work.
= Yes, now is fine.
= Please wait until 12:30, then yes.
? Who manages the DNS and the firewall on your side?
= {user} does, I have copied them in.
= Our provider. The number is in the contract sheet.
# wish
+ {user} asked for it in the last meeting.
+ It would save us a step every day.
+ It can wait for the next release.
? For which companies and which users should it be?
= For all of them, please.
= Only for the first company, to begin with.
? How should it look in the end? A sketch on paper is enough.
= Sketch attached.
= As in the old system, a photo is attached.
? It would take two to four hours of your budget. Shall we go ahead?
= Yes, please go ahead.
= Agreed, {user} has approved it.
"""
