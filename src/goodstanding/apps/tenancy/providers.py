"""Providers of mail to everybody: under their domains strangers to each other have their addresses."""

from typing import Final

_LISTED: Final = """
gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.it outlook.es hotmail.com hotmail.fr hotmail.it hotmail.es
hotmail.de hotmail.co.uk live.com live.fr live.it live.nl msn.com yahoo.com yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.uk
yahoo.co.jp ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de
mail.com email.com proton.me protonmail.com pm.me tutanota.com zoho.com fastmail.com orange.fr wanadoo.fr free.fr laposte.net
sfr.fr libero.it virgilio.it tin.it alice.it tiscali.it bluewin.ch mail.ru yandex.ru yandex.com seznam.cz wp.pl o2.pl onet.pl
interia.pl qq.com 163.com 126.com sina.com naver.com hanmail.net docomo.ne.jp softbank.ne.jp ezweb.ne.jp telenet.be skynet.be
ziggo.nl kpnmail.nl planet.nl sapo.pt terra.es uol.com.br bol.com.br rediffmail.com btinternet.com sky.com comcast.net
verizon.net att.net
"""
ANYBODYS: Final = frozenset(_LISTED.split())
