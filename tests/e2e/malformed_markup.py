"""Malformed markup: pages, feeds, news in XML, SGML collections. "@CANARY@" becomes the path of a file nobody may open."""
from malformed_kinds import BAD_DATES, BIG, ODD_DATES, Document, Input, words

A, B, C = words(0, 1, 2)
LAUGHS = "<!DOCTYPE {root} [\n<!ENTITY l0 \"lol\">\n" + "".join(
    f"<!ENTITY l{i} \"{f'&l{i - 1};' * 10}\">\n" for i in range(1, 12)) + "]>\n"
QUADRATIC = "<!DOCTYPE {root} [<!ENTITY a \"" + "a" * 50_000 + "\">]>\n"


def external(root):
    """Document types that would have a reader open a file or a socket."""
    for what, inside in (("file", '<!ENTITY x SYSTEM "file://@CANARY@">'), ("http", '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">'),
                         ("bare", '<!ENTITY x SYSTEM "@CANARY@">'), ("relative", '<!ENTITY x SYSTEM "../outside/canary.txt">'),
                         ("public", '<!ENTITY x PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd">'),
                         ("parameter", '<!ENTITY % p SYSTEM "file://@CANARY@"> %p;<!ENTITY x "y">'),
                         ("ftp", '<!ENTITY x SYSTEM "ftp://127.0.0.1:9/x">'), ("stdin", '<!ENTITY x SYSTEM "file:///dev/stdin">'),
                         ("device", '<!ENTITY x SYSTEM "file:///dev/zero">')):
        yield what, f"<!DOCTYPE {root} [{inside}]>\n"
    yield "subset", f'<!DOCTYPE {root} SYSTEM "file://@CANARY@">\n'
    yield "subset-http", f'<!DOCTYPE {root} SYSTEM "http://127.0.0.1:9/x.dtd">\n'
    yield "style", '<?xml-stylesheet href="file://@CANARY@" type="text/xsl"?>\n'


def xml_hostile(document, root, text_at):
    """What any dialect of XML can be made to hold; text_at: where text stands in the sound document."""
    xml = document.data.replace(b'<?xml version="1.0"?>\n', b"")
    for what, doctype in external(root):
        yield document.input(f"external-{what}", doctype.encode() + xml.replace(text_at, text_at + b" &x; "))
    yield document.input("laughs", LAUGHS.format(root=root).encode() + xml.replace(text_at, text_at + b" &l11; "))
    yield document.input("quadratic", QUADRATIC.format(root=root).encode() + xml.replace(text_at, text_at + b"&a;" * 50_000))
    yield document.input("xinclude", xml.replace(text_at, b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://@CANARY@" parse="text"/>' + text_at))
    deep = 200_000
    yield document.input("deep", xml.replace(text_at, b"<b>" * deep + text_at))
    yield document.input("deep-closed", xml.replace(text_at, b"<b>" * deep + text_at + b"</b>" * deep))
    yield document.input("attributes", xml.replace(text_at, b"<b " + b"".join(b'a%d="x" ' % i for i in range(100_000)) + b"/>" + text_at))
    yield document.input("attribute", xml.replace(text_at, b'<b a="' + b"x" * 12_000_000 + b'"/>' + text_at), memory=3 * 12_000_000)
    yield document.input("namespaces", xml.replace(text_at, b"<b " + b"".join(b'xmlns:n%d="u" ' % i for i in range(20_000)) + b"/>" + text_at))
    yield document.input("characters", xml.replace(text_at, b"&#0;&#xFFFF;&#x110000;&#99999999999;&nosuch;" * 200 + text_at))
    yield document.input("cdata", xml.replace(text_at, b"<![CDATA[" + text_at))
    yield document.input("comment", xml.replace(text_at, b"<!-- " + text_at))
    yield document.input("wrong-encoding", b'<?xml version="1.0" encoding="no-such-set"?>\n' + xml)
    yield document.input("utf16-said", b'<?xml version="1.0" encoding="UTF-16"?>\n' + xml)
    yield document.input("utf7", b'<?xml version="1.0" encoding="UTF-7"?>\n' + xml)
    yield document.input("big-text", lambda: xml.replace(text_at, text_at + b"x" * (BIG + 10)), memory=3 * BIG)
    yield document.input("big-tag", lambda: xml.replace(text_at, b"<" + b"t" * BIG + b">" + text_at), memory=3 * BIG)


def pages():
    page = Document("page", ".html", b'<!DOCTYPE html><html lang="en"><head><title>Harbour</title><meta property="article:published_time" content="2024-03-22">'
                    b"</head><body><article><h1>Harbour</h1>", [(f"<p>The {w} harbour opened, and the ships came in one after another.</p>".encode(), w) for w in (A, B)],
                    b"</article></body></html>")
    yield page.input("whole", page.data, keep=[A, B], rejects=False, begun=1)
    yield from page.cuts(25, keeps=False)
    yield from page.spoiled(20, keeps=False)
    for i, date in enumerate(BAD_DATES + ODD_DATES):
        yield page.input(f"date-{i}", page.data.replace(b"2024-03-22", date.encode()), keep=[A, B], begun=1)
        yield page.input(f"ld-date-{i}", page.data.replace(b"</head>", f'<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{date}"}}</script></head>'.encode()),
                         keep=[A, B], begun=1)
    deep = 300_000
    for what, into in (("deep", b"<div>" * deep), ("tables", b"<table><tr><td>" * (deep // 3)), ("formatting", b"<b><i><a>" * 20_000), ("end-tags", b"</p></div>" * deep),
                       ("lists", b"<ul><li>" * 50_000), ("comment", b"<!--"), ("script", b"<script>"), ("attributes", b"<p " + b"a=b " * 200_000 + b">"), ("many-names", b"<p " + b"".join(b"a%d=b " % i for i in range(100_000)) + b">"), ("bare-names", b"<p " + b"".join(b"a%d " % i for i in range(100_000)) + b">"), ("entities", b"&amp" * 200_000),
                       ("numbers", b"&#x110000;&#0;&#99999999999999;" * 10_000), ("nul", b"\0" * 100_000), ("svg", b"<svg><math><mtext>" * 10_000), ("select", b"<select><option>" * 50_000),
                       ("ld-deep", b'<script type="application/ld+json">' + b"[" * deep + b"</script>"), ("ld-odd", b'<script type="application/ld+json">{"@graph":[{"datePublished":{}}]}</script>'),
                       ("metas", b'<meta name="date" content="x">' * 50_000), ("frameset", b'<frameset><frame src="file://@CANARY@">'), ("refresh", b'<meta http-equiv=refresh content="0;url=file://@CANARY@">'),
                       ("base", b'<base href="file://@CANARY@"><link rel=stylesheet href="x"><img src="x"><iframe src="x">'), ("charset", b"<meta charset=no-such-set>"), ("utf16", b"<meta charset=utf-16>")):
        yield page.input(what, page.data.replace(b"<article>", into + b"<article>"))
    yield page.input("doctype", LAUGHS.format(root="html").encode() + page.data.replace(b"The ", b"&l11; The "), begun=1)
    yield page.input("big-word", lambda: page.data.replace(b"The ", b"x" * BIG + b" The "), memory=6 * BIG)
    yield page.input("big-tag", lambda: page.data.replace(b"<article>", b"<" + b"x" * BIG), memory=6 * BIG)


def feeds():
    rss = Document("rss", ".xml", b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>F</title>', [
        (f"<item><guid>{i}</guid><title>Harbour</title><pubDate>Fri, 22 Mar 2024 10:00:00 GMT</pubDate><description>The {w} harbour.</description></item>\n".encode(), w)
        for i, w in enumerate((A, B, C))], b"</channel></rss>")
    atom = Document("atom", ".xml", b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>', [
        (f'<entry><id>{i}</id><title>Harbour</title><updated>2024-03-22T10:00:00Z</updated><content>The {w} harbour.</content></entry>\n'.encode(), w)
        for i, w in enumerate((A, B, C))], b"</feed>")
    for d, root in ((rss, "rss"), (atom, "feed")):
        yield d.whole()
        yield from d.cuts(14)
        yield from d.spoiled(12, keeps=False)
        yield from xml_hostile(d, root, f"The {A} harbour.".encode())
        for i, date in enumerate(BAD_DATES):
            yield d.input(f"date-{i}", d.data.replace(b"Fri, 22 Mar 2024 10:00:00 GMT", date.encode(), 1).replace(b"2024-03-22T10:00:00Z", date.encode(), 1), keep=[B, C], begun=3)
        same = d.among("same-id", d.records[0][0].replace(A.encode(), b"again"))
        same.keep = [B, C]  # the later of two is kept
        yield same
        yield d.among("not-closed", d.records[0][0].replace(A.encode(), b"x").replace(b">0<", b">9<").replace(b"</title>", b"", 1))
        yield d.among("nested", d.records[0][0].replace(f"The {A} harbour.".encode(), d.records[0][0].replace(b"<guid>0", b"<guid>8")))


def news():
    nitf = Document("nitf", ".xml", b'<?xml version="1.0"?>\n', [
        (f'<nitf><head><title>Harbour</title><docdata><doc-id id-string="d1"/><date.issue norm="20240322T100000Z"/></docdata></head><body><body.head><hedline><hl1>Harbour</hl1></hedline>'
         f"</body.head><body.content><p>The {A} harbour.</p></body.content></body></nitf>".encode(), A)])
    newsml = Document("newsml", ".xml", b'<?xml version="1.0"?>\n<NewsML>', [
        (f"<NewsItem><Identification><NewsIdentifier><DateId>20240322</DateId><NewsItemId>N{i}</NewsItemId><RevisionId>1</RevisionId></NewsIdentifier></Identification><NewsComponent>"
         f"<NewsLines><HeadLine>Harbour</HeadLine></NewsLines><ContentItem><DataContent><p>The {w} harbour.</p></DataContent></ContentItem></NewsComponent></NewsItem>\n".encode(), w)
        for i, w in enumerate((A, B))], b"</NewsML>")
    g2 = Document("g2", ".xml", b'<?xml version="1.0"?>\n<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>', [
        (f'<newsItem guid="g{i}"><itemMeta><versionCreated>2024-03-22T10:00:00Z</versionCreated></itemMeta><contentMeta><headline>Harbour</headline></contentMeta><contentSet><inlineXML>'
         f"<html><body><p>The {w} harbour.</p></body></html></inlineXML></contentSet></newsItem>\n".encode(), w) for i, w in enumerate((A, B))], b"</itemSet></newsMessage>")
    for d, root in ((nitf, "nitf"), (newsml, "NewsML"), (g2, "newsMessage")):
        yield d.whole()
        yield from d.cuts(10, keeps=d is not nitf)
        yield from d.spoiled(8, keeps=False)
        yield from xml_hostile(d, root, f"The {A} harbour.".encode())
        for i, date in enumerate(BAD_DATES[:5]):
            yield d.input(f"date-{i}", d.data.replace(b"20240322T100000Z", date.encode(), 1).replace(b">20240322<", b">" + date.encode() + b"<", 1)
                          .replace(b"2024-03-22T10:00:00Z", date.encode(), 1), begun=1)


def sgml():
    reuters = Document("reuters", ".sgm", b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n', [
        (f'<REUTERS TOPICS="NO" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="{i}" NEWID="{i + 1}">\n<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TEXT>&#2;\n<TITLE>HARBOUR</TITLE>'
         f"<BODY>The {w} harbour opened.\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n".encode(), w) for i, w in enumerate((A, B, C))])
    trec = Document("trec", ".sgml", b"", [
        (f"<DOC>\n<DOCNO> AP880212-000{i} </DOCNO>\n<HEAD>Harbour</HEAD>\n<DATE>880212</DATE>\n<TEXT>\nThe {w} harbour opened.\n</TEXT>\n</DOC>\n".encode(), w)
        for i, w in enumerate((A, B, C))])
    for d in (reuters, trec):
        yield d.whole()
        yield from d.cuts(20)
        yield from d.spoiled(18, keeps=False)
        for what, bad in (("empty", b""), ("ends", b"</REUTERS></DOC>\n" * 100), ("starts", b"<REUTERS><DOC>\n" * 100), ("nul", b"\0" * 10_000), ("latin", bytes(range(128, 256)) * 20),
                          ("entities", b"&lt;&nosuch;&#0;&#x110000;" * 1000), ("tags", b"<" * 100_000), ("attributes", b"<REUTERS " + b'A="x" ' * 50_000 + b">\n"),
                          ("same-id", d.records[0][0].replace(A.encode(), b"again"))):
            yield d.input(f"between-{what}", d.records[0][0] + bad + d.records[1][0] + d.records[2][0])
        for i, date in enumerate(BAD_DATES):
            yield d.input(f"date-{i}", d.data.replace(b"26-FEB-1987 15:01:01.79", date.encode(), 1).replace(b">880212<", b">" + date.encode() + b"<", 1), keep=[B, C], begun=3)
        yield d.input("doctype", LAUGHS.format(root="lewis").encode() + d.data.replace(b"harbour", b"&l11;"))
        yield d.input("external", b'<!DOCTYPE lewis [<!ENTITY x SYSTEM "file://@CANARY@">]>\n' + d.data.replace(b"harbour", b"&x;"))
        yield d.input("big-body", lambda d=d: d.data.replace(B.encode(), b"x" * (BIG + 10)), keep=[A, C], rejects=True, memory=3 * BIG)
        yield d.input("never-ends", lambda d=d: d.records[0][0] + d.records[1][0][:150] + b"words of it " * (6 << 20), keep=[A], memory=2 * BIG)
