"""Letters in the shapes that programs send them, written for these tests."""

import base64


def raw(text, **charset):
    """A message as it travels: CRLF line ends, bytes in the charset named, UTF-8 by default."""
    return text.lstrip("\n").replace("\n", "\r\n").encode(charset.get("charset", "utf-8"))


def letter(body="The printer prints nothing.", subject="Printer", sender="Anna Ferrante <anna@ferrante.example>", head="",
           to="support@adriatica.example", message_id="<a1@ferrante.example>"):  # fmt: skip
    """A plain letter; `head` holds further header lines."""
    named = f"Message-ID: {message_id}\n" if message_id else ""
    return raw(
        f"From: {sender}\nTo: {to}\nSubject: {subject}\n{named}Date: Tue, 07 Apr 2026 09:12:00 +0200\n{head}"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    )


OUTLOOK = raw("""
Received: from EX01.ferrante.example by mx.adriatica.example; Tue, 7 Apr 2026 07:12:09 +0000
From: Anna Ferrante <Anna@Ferrante.example>
To: "support@adriatica.example" <support@adriatica.example>
Subject: RE: Landed costs [#M-1042]
Thread-Topic: Landed costs
Thread-Index: AdxQ3X0k2m==
Date: Tue, 7 Apr 2026 07:12:05 +0000
Message-ID: <AM0PR01@AM0.eurprd.prod.outlook.example>
References: <one@adriatica.example>
In-Reply-To: <one@adriatica.example>
Accept-Language: it-IT, en-US
X-MS-Has-Attach:
auto-submitted: no
Content-Type: multipart/alternative; boundary="_000_AM0_"
MIME-Version: 1.0

--_000_AM0_
Content-Type: text/plain; charset="Windows-1252"
Content-Transfer-Encoding: quoted-printable

It is still wrong: 12 =80 too much.

Anna

________________________________
From: Adriatica Support <support@adriatica.example>
Sent: Monday, April 6, 2026 5:01 PM
To: Anna Ferrante <Anna@Ferrante.example>
Subject: Landed costs [#M-1042]

Please try again.

--_000_AM0_
Content-Type: text/html; charset="Windows-1252"
Content-Transfer-Encoding: quoted-printable

<html><head><style>p {margin:0}</style></head><body><p>It is still wrong</p></body></html>

--_000_AM0_--
""")

GMAIL = raw("""
Return-Path: <jonas@kestrel.example>
MIME-Version: 1.0
References: <one@adriatica.example> <two@kestrel.example>
In-Reply-To: <two@kestrel.example>
From: Jonas Berg <jonas@kestrel.example>
Date: Tue, 7 Apr 2026 09:12:31 +0200
Message-ID: <CAF+z=8w@mail.gmail.example>
Subject: Re: Stock moves
To: Support <support@adriatica.example>
Cc: Lea Holm <lea@kestrel.example>, "Holm, Per" <per@kestrel.example>
Content-Type: multipart/alternative; boundary="00000000000051d8"

--00000000000051d8
Content-Type: text/plain; charset="UTF-8"

Yes, that was it.

On Mon, 6 Apr 2026 at 17:01, Adriatica Support <support@adriatica.example>
wrote:

> Did you reserve them?
>
> Marta

--00000000000051d8
Content-Type: text/html; charset="UTF-8"

<div dir="ltr">Yes, that was it.</div><br><div class="gmail_quote"><blockquote>Did you reserve them?</blockquote></div>

--00000000000051d8--
""")

APPLE = raw("""
From: =?utf-8?Q?J=C3=BCrgen_M=C3=BCller?= <j.mueller@werk.example>
Content-Type: multipart/alternative;
 boundary=Apple-Mail-1B2C
Mime-Version: 1.0 (1.0)
Date: Tue, 7 Apr 2026 09:15:00 +0200
Subject: =?utf-8?Q?Rechnung_l=C3=A4sst_sich_nicht?=
 =?utf-8?Q?_drucken?=
Message-Id: <0F5C@werk.example>
To: support@adriatica.example
X-Mailer: iPhone Mail (22E240)

--Apple-Mail-1B2C
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Seit heute fr=C3=BCh geht nichts.

Von meinem iPhone gesendet

> Am 06.04.2026 um 17:01 schrieb Support <support@adriatica.example>:
>=20
> Bitte pr=C3=BCfen.

--Apple-Mail-1B2C
Content-Type: text/html; charset=utf-8

<p>Seit heute</p>
--Apple-Mail-1B2C--
""")

THUNDERBIRD = raw(
    """
Message-ID: <9d1f@ferrante.example>
Date: Tue, 7 Apr 2026 09:12:00 +0200
User-Agent: Mozilla Thunderbird
Subject: Re: Purchase order
To: support@adriatica.example
From: Anna Ferrante <anna@ferrante.example>
In-Reply-To: <one@adriatica.example>
Content-Type: text/plain; charset=UTF-8; format=flowed

On 06/04/2026 17:01, Support wrote:
> Which order?
P00042
> Which supplier?
Nordhavn

--{space}
Anna Ferrante
Casa Ferrante srl
""".replace("{space}", " ")
)

GERMAN = raw("""
From: =?iso-8859-1?Q?Kl=E4rwerk?= <info@werk.example>
To: support@adriatica.example
Subject: =?iso-8859-1?Q?Gr=F6=DFe_f=E4llt_aus?=
Message-ID: <de@werk.example>
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit

Größe, Maß – geprüft: 12 €
""", charset="cp1252")  # fmt: skip

FRENCH = raw("""
From: =?windows-1252?B?RulsaXg=?= <felix@atelier.example>
To: support@adriatica.example
Subject: =?utf-8?B?RmFjdHVyZSBlcnJvbsOpZQ==?=
Message-ID: <fr@atelier.example>
Content-Type: text/plain; charset=utf-8

La facture est erronée.

Le mar. 7 avr. 2026 à 09:12, Support <support@adriatica.example> a écrit :
> Laquelle ?
""")

ARABIC = raw("""
From: =?windows-1256?B?w83jzw==?= <ahmad@wadi.example>
To: support@adriatica.example
Subject: =?windows-1256?B?3cfK5tHJ?=
Message-ID: <ar@wadi.example>
Content-Type: text/plain; charset=windows-1256

""") + "الفاتورة لا تطبع".encode("cp1256")  # fmt: skip

JAPANESE = raw("""
From: =?iso-2022-jp?B?GyRCRURDZhsoQg==?= <tanaka@sakura.example>
To: support@adriatica.example
Subject: =?iso-2022-jp?B?GyRCQEE1YT1xGyhC?=
Message-ID: <jp@sakura.example>
Content-Type: text/plain; charset=iso-2022-jp

""") + "請求書が印刷できません".encode("iso-2022-jp")  # fmt: skip

RAW_HEADERS = (
    "From: Søren <soren@nord.example>\r\nTo: support@adriatica.example\r\nSubject: Lagerføring æøå\r\n\r\nHej".encode()
)

OOO_EXCHANGE = letter(
    "I am away.", "Automatic reply: Landed costs", message_id="<ooo1@ferrante.example>",
    head="Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nIn-Reply-To: <one@adriatica.example>\n",
)  # fmt: skip
OOO_GMAIL = letter(
    "Away until Monday.", "Away Re: Landed costs", message_id="<ooo2@ferrante.example>",
    head="Precedence: bulk\nX-Autoreply: yes\nAuto-Submitted: auto-replied\nIn-Reply-To: <one@adriatica.example>\n",
)  # fmt: skip
OOO_SIEVE = letter(
    "Auto: away", "Auto: Landed costs", message_id="<ooo3@ferrante.example>",
    head='Return-Path: <>\nAuto-Submitted: auto-replied (vacation)\nReferences: <one@adriatica.example>\n',
)  # fmt: skip
OOO_GERMAN = letter(
    "Ich bin nicht da.", "Abwesenheitsnotiz: Landed costs", message_id="<ooo4@ferrante.example>",
    head="In-Reply-To: <one@adriatica.example>\n",
)  # fmt: skip
OOO_CPANEL = letter("Away.", "Re: hello", message_id="<ooo5@f.example>", head="X-Autorespond: hello\nPrecedence: auto_reply\n")
OOO_BARE = letter("Away.", "Gone fishing", message_id="<ooo6@f.example>", head="Return-Path: <>\n")
READ_RECEIPT = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Read: Landed costs
Message-ID: <mdn@ferrante.example>
In-Reply-To: <one@adriatica.example>
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Your message was read.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; anna@ferrante.example
Disposition: manual-action/MDN-sent-manually; displayed
--b--
""")
ALERT = letter("Disk 91 % full.", "[alert] disk", head="Auto-Submitted: auto-generated\n", message_id="<al@ferrante.example>")
NEWSLETTER = letter(
    "Buy now.", "Spring sale", sender="Shop <news@shop.example>", message_id="<nl@shop.example>",
    head="List-Id: <news.shop.example>\nList-Unsubscribe: <https://shop.example/u>\nPrecedence: bulk\n",
)  # fmt: skip

POSTFIX = raw("""
Return-Path: <>
From: MAILER-DAEMON@mx.adriatica.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: support@adriatica.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4F2.17/mx"
Message-Id: <bounce1@mx.adriatica.example>

--4F2.17/mx
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.adriatica.example.

--4F2.17/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.adriatica.example
X-Postfix-Queue-ID: 4F2

Final-Recipient: rfc822; gone@ferrante.example
Original-Recipient: rfc822;gone@ferrante.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mail.ferrante.example
Diagnostic-Code: smtp; 550 5.1.1 <gone@ferrante.example>: Recipient address
    rejected: User unknown

--4F2.17/mx
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Support <support@adriatica.example>
To: gone@ferrante.example
Subject: Landed costs
Message-ID: <ours1@adriatica.example>

Please try again.
--4F2.17/mx--
""")

EXCHANGE = raw("""
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@ferrante.example>
To: support@adriatica.example
Date: Tue, 7 Apr 2026 07:20:00 +0000
Subject: Undeliverable: Landed costs
Message-ID: <ndr@ferrante.example>
In-Reply-To: <ours1@adriatica.example>
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary="x"
MIME-Version: 1.0

--x
Content-Type: multipart/alternative; boundary="y"

--y
Content-Type: text/plain; charset="us-ascii"

Delivery has failed to these recipients or groups: gone@ferrante.example
--y
Content-Type: text/html; charset="us-ascii"

<p>Delivery has failed</p>
--y--

--x
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.ferrante.example

Final-recipient: RFC822;gone@ferrante.example
Action: failed
Status: 5.2.2
Diagnostic-code: smtp;554 5.2.2 mailbox full

--x
Content-Type: message/rfc822

From: Support <support@adriatica.example>
Message-ID: <ours1@adriatica.example>
Subject: Landed costs
Content-Type: text/plain

Please try again.
--x--
""")

GMAIL_BOUNCE = raw("""
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: support@adriatica.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <ours1@adriatica.example>
In-Reply-To: <ours1@adriatica.example>
X-Failed-Recipients: gone@ferrante.example
Message-ID: <gm@mx.google.example>
Content-Type: multipart/report; boundary="z"; report-type=delivery-status

--z
Content-Type: multipart/related; boundary="zz"

--zz
Content-Type: text/html; charset="UTF-8"

<p>Address not found</p>
--zz--
--z
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.example

Final-Recipient: rfc822; gone@ferrante.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.

--z
Content-Type: message/rfc822

Message-ID: <ours1@adriatica.example>
From: Support <support@adriatica.example>
Subject: Landed costs

x
--z--
""")

QMAIL = raw("""
Return-Path: <>
From: MAILER-DAEMON@old.example
To: support@adriatica.example
Subject: failure notice
Date: 7 Apr 2026 07:20:00 -0000

Hi. This is the qmail-send program at old.example.
<gone@ferrante.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

From: Support <support@adriatica.example>
Message-ID: <ours1@adriatica.example>
Subject: Landed costs
""")

DELAYED = POSTFIX.replace(b"Action: failed", b"Action: delayed").replace(b"Status: 5.1.1", b"Status: 4.4.1")

FORWARDED = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Fwd: Error in the shop
Message-ID: <fwd@ferrante.example>
Content-Type: text/plain; charset=utf-8

See below, please.

---------- Forwarded message ---------
From: Buyer <buyer@shop.example>
Date: Mon, 6 Apr 2026 at 17:01
Subject: Error in the shop
To: <anna@ferrante.example>

I cannot pay.
""")

SMIME = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Signed
Message-ID: <smime@ferrante.example>
Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"

--s
Content-Type: text/plain; charset=utf-8

Signed words.
--s
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

MIIGSAYJKoZIhvcNAQcC
--s--
""")

INVITATION = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Call about stock
Message-ID: <cal@ferrante.example>
Content-Type: multipart/alternative; boundary="c"

--c
Content-Type: text/plain; charset=utf-8

Shall we talk?
--c
Content-Type: text/html; charset=utf-8

<p>Shall we talk?</p>
--c
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
END:VCALENDAR
--c--
""")

WINMAIL = raw(f"""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Rich
Message-ID: <tnef@ferrante.example>
Content-Type: multipart/mixed; boundary="w"

--w
Content-Type: text/plain; charset=us-ascii

As attached.
--w
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="winmail.dat"

{base64.b64encode(b"x" * 30).decode()}
--w--
""")

NESTED = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Several
Message-ID: <nest@ferrante.example>
Content-Type: multipart/mixed; boundary="m"

--m
Content-Type: multipart/related; boundary="r"

--r
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=utf-8

Words.
--a
Content-Type: text/html; charset=utf-8

<p>Words.</p><img src="cid:1">
--a--
--r
Content-Type: image/png; name="shot.png"
Content-ID: <1>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--m
Content-Type: message/rfc822

From: Other <other@x.example>
Subject: Inner
Message-ID: <inner@x.example>

Inner words.
--m
Content-Type: application/pdf
Content-Disposition: attachment;
 filename*0*=UTF-8''Ang%C3%A9bot%20;
 filename*1*=2026.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--m--
""")

HTML_ONLY = raw("""
From: Anna <anna@ferrante.example>
To: support@adriatica.example
Subject: Rich only
Message-ID: <html@ferrante.example>
Content-Type: text/html; charset=utf-8

<html><head><title>t</title><style>x{}</style><script>alert(1)</script></head><body>
<p>It is &lt;broken&gt; &amp; late.</p><ul><li>one</li><li>two</li></ul>
<div>On 6 April 2026, Support wrote:</div><blockquote>Which one?</blockquote></body></html>
""")

EVERY = {name: value for name, value in list(globals().items()) if name.isupper() and isinstance(value, bytes)}
