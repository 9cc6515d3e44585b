from tests.hostile.conftest import *
import time, json
def test_probe(gather, site, tmp_path):
    from tests.hostile.server import serving
    links=[]
    def give(name, *a, **k):
        links.append(name); site.give(name,*a,**k)
    give("/good", post_page())
    give("/500", "x", status=500)
    links.append("/404"); give("/empty", b""); give("/ws", b"  \n ")
    site.move("/self","/self"); links.append("/self")
    for i in range(8): site.move(f"/chain{i}", f"/chain{i+1}")
    site.give("/chain8", post_page()); links.append("/chain0")
    site.move("/a","/b"); site.move("/b","/a"); links.append("/a")
    site.move("/badloc","http://[bad/"); links.append("/badloc")
    site.move("/fileloc","file:///etc/passwd"); links.append("/fileloc")
    site.move("/noloc",""); links.append("/noloc")
    give("/11mb", b"x"*11*1024*1024)
    site.on("/stream11", lambda e: e.stream(b"x"*65536, times=200)); links.append("/stream11")
    site.zip("/bomb", b"\0"*100_000_000); links.append("/bomb")
    give("/notgzip", post_page(), headers={"Content-Encoding":"gzip"})
    import gzip as g
    give("/cutgzip", g.compress(post_page().encode()*50)[:80], headers={"Content-Encoding":"gzip"})
    give("/unknownenc", post_page(), headers={"Content-Encoding":"foo"})
    give("/doublegzip", g.compress(g.compress(b"\0"*100_000_000)), headers={"Content-Encoding":"gzip, gzip"})
    import zlib
    give("/deflate", zlib.compress(b"\0"*100_000_000), headers={"Content-Encoding":"deflate"})
    site.on("/cut", lambda e: e.cut(b"<h1>half", promised=5000)); links.append("/cut")
    site.on("/slow", lambda e: (time.sleep(4), e.say("late"))); links.append("/slow")
    def drip(e):
        e.send_response(200); e.send_header("Content-Length","100"); e.end_headers()
        for _ in range(20): time.sleep(.3); e.wfile.write(b"x"); e.wfile.flush()
    site.on("/drip", drip); links.append("/drip")
    def hang(e): e.connection.close()
    site.on("/hangup", hang); links.append("/hangup")
    def garbage(e): e.wfile.write(b"\x00\xffgarbage\r\n\r\n"); e.close_connection=True
    site.on("/garbage", garbage); links.append("/garbage")
    give("/pdf", b"%PDF", kind="application/pdf")
    give("/notype", post_page(), kind="")
    give("/deep", "<h1>t</h1>"+"<div>"*50000+"x"); 
    give("/deepcomments", post_page(comments='<div class="comment"><p class="text">hi</p>'*500))
    give("/plaintext", post_page(body="<plaintext>x</b>"))
    give("/ctrl", post_page(title="a\x01b&#1;c", comments=comment("nul\x00here &#1; &#0;")))
    give("/403", "x", status=403); give("/401","x",status=401); give("/418","x",status=418)
    give("/204", b"", status=204)
    give("/ra2", "x", status=429, headers={"Retry-After":"\xb2"})
    give("/big-headers", "x", headers={"X-A":"y"*70000})
    links += ["mailto:a@b","javascript:void(0)","file:///etc/passwd","http://[bad/x","http://127.0.0.1:99999/x","//","http://","data:text/html,<h1>x</h1>","ftp://127.0.0.1/x","tel:1", "http://exa mple/", "\u0000x", "/"+"l"*20000, "http://127.0.0.1:1/x","?q=1","http://"+"a"*300+".invalid/"]
    with serving() as other:
        other.give("/x", post_page("secret"))
        site.move("/other", other.base+"/x"); links.append("/other"); links.append(other.base+"/x")
        site.give("/", list_page(*links))
        t=time.time()
        try:
            crawled=gather.crawl("page", max_posts=1000)
        finally:
            print("time", time.time()-t); print(gather.log.read_text()[-6000:])
    for p in crawled.problems: print(p["scope"][:4], p["code"], p["url"][:60], p["detail"][:150])
    print(crawled.counts)
    print(gather.load()); print(other.asked)
    o=Outcome(crawled,{},gather._begin)
    for k,v in o.posts.items(): print(k[:50], repr(v.title), repr(v.body[:40]), v.flaws)
    print([ (c.text,c.flaws) for c in o.comments][:3], len(o.comments))
