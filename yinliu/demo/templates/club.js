"use strict";

const DELAY_MS = 80;
const app = document.getElementById("app");

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function moment(iso) {
  return element("time", { datetime: iso, class: "meta" }, iso.slice(5, 16).replace("T", " "));
}

async function load(address) {
  await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
  const response = await fetch(address);
  if (!response.ok) throw new Error(address);
  return response.json();
}

function card(post) {
  const link = element("a", { href: `/club/p.html?slug=${post.slug}` }, post.title);
  return element("li", { class: "card" },
    element("span", { class: "category" }, post.category),
    element("h2", {}, link),
    element("p", {}, post.lead),
    element("span", { class: "meta" }, `${post.author} · ${post.replies} 条回帖 · `, moment(post.published)));
}

function showList({ posts }) {
  app.replaceChildren(
    element("h1", {}, "社区"),
    element("p", { class: "lead" }, "来聊聊，晒一晒，吵一架也行。"),
    element("ul", { class: "grid pair club-list" }, ...posts.map(card)));
}

function article(post) {
  const stats = element("span", { class: "stats" }, "阅读 ", element("b", { class: "views" }, post.views),
    "喜欢 ", element("b", { class: "likes" }, post.likes));
  return element("article", { class: "post", "data-id": post.id },
    element("span", { class: "category" }, post.category),
    element("h1", {}, post.title),
    element("div", {}, element("span", { class: "byline" }, post.author), " ", moment(post.published), stats),
    element("div", { class: "article-body" }, ...post.paragraphs.map((text) => element("p", {}, text))),
    element("ul", { class: "tags" }, ...post.tags.map((tag) => element("li", {}, tag))));
}

function reply(entry) {
  const attributes = { class: entry.staff ? "reply staff" : "reply", "data-id": entry.id,
    "data-parent": entry.parent ?? "", "data-user": entry.user };
  return element("article", attributes,
    element("span", { class: "who" }, entry.who), moment(entry.at), element("div", { class: "what" }, entry.what));
}

function underneath(replies, parent) {
  return replies.filter((entry) => entry.parent === parent)
    .flatMap((entry) => [entry, ...underneath(replies, entry.id)]);
}

async function showPost({ post, replies }) {
  document.title = `${post.title} · 社区`;
  const talk = element("section", { class: "talk" }, element("h2", {}, `${replies.length} 条回帖`));
  app.replaceChildren(article(post), talk);
  await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
  talk.append(...underneath(replies, null).map(reply));
  app.dataset.ready = "yes";
}

async function start() {
  if (app.dataset.view === "list") {
    showList(await load("/club/api/posts.json"));
    app.dataset.ready = "yes";
    return;
  }
  const slug = new URLSearchParams(location.search).get("slug") ?? "";
  await showPost(await load(`/club/api/posts/${encodeURIComponent(slug)}.json`));
}

start().catch(() => app.replaceChildren(element("p", { class: "waiting" }, "没有找到这个帖子。")));
