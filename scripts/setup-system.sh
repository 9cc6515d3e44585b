#!/bin/sh
# A Chromium and a font for Chinese: Debian's packages where apt works, Playwright's own download otherwise.
# Neither is needed for anything else: without them it says what is missing and goes on.
set -u

browser() {
  for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && return 0; done
  ls "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium*/chrome-linux*/*chrome* >/dev/null 2>&1
}
font() { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh family 2>/dev/null)" ]; }

as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
missing=
browser || missing="chromium"
font || missing="$missing fonts-noto-cjk fontconfig"

if [ -n "$missing" ] && command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
  echo "setup: apt-get install $missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  { $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1 ||
    { echo "setup: apt-get could not install $missing:"; tail -n 3 "$log"; }
  rm -f "$log"
fi
if ! browser; then
  echo "setup: trying Playwright's own Chromium"
  timeout 300 .venv/bin/playwright install chromium >/dev/null 2>&1 || true
fi
browser || echo "setup: NO BROWSER. Sources with render: true are left out; everything else works.
       As root: apt install chromium. Without root: .venv/bin/playwright install chromium (needs its download site)."
font || echo "setup: no font for Chinese; only pictures made on this machine are affected. apt install fonts-noto-cjk"
exit 0
