#pragma once

#include <string_view>

namespace mux::inline v0::muxctl {

/// The style sheet of HTML reports: light or dark as the reader's system is.
inline constexpr std::string_view html_style = R"css(:root {
  --page: #f6f7f9; --card: #fff; --ink: #1b1f26; --faint: #69707d; --rule: #e3e6eb;
  --done: #2563a8; --failed: #c4314b; --limit: #8a6d1d; --refused: #c25a00; --took: #5b4bb3; --bytes: #12805c;
  --good: #12805c; --open: #8a6d1d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1d2026; --ink: #e7e9ee; --faint: #9aa1ae; --rule: #31353e;
    --done: #6ea8ea; --failed: #f2788c; --limit: #d9b64d; --refused: #f0a05a; --took: #a99cf5; --bytes: #56c99e;
    --good: #56c99e; --open: #d9b64d;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 20px 60px; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin-bottom: 16px; }
h1 { margin: 0; font-size: 24px; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 6px; font-size: 16px; font-weight: 650; }
p { margin: 0 0 8px; color: var(--faint); }
code { font: 12.5px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.verdict { padding: 2px 11px; border-radius: 99px; font-weight: 600; border: 1.5px solid currentColor; }
.verdict.good { color: var(--good); } .verdict.bad { color: var(--failed); }
.verdict.open { color: var(--open); } .verdict.busy { color: var(--done); }
.whole { display: flex; height: 8px; border-radius: 99px; overflow: hidden; background: var(--rule); margin-bottom: 18px; }
.whole .done { background: var(--done); } .whole .failed { background: var(--failed); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin-bottom: 18px; }
.tile, figure, section:not(.tiles):not(.plots) { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.tile { padding: 10px 14px; display: flex; flex-direction: column; }
.tile span, .tile small { color: var(--faint); }
.tile b { font-size: 24px; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile.warn b { color: var(--failed); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 14px; margin-bottom: 14px; }
figure { margin: 0; padding: 12px 14px 6px; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 14px; align-items: baseline; color: var(--faint); font-size: 12.5px; }
figcaption b { color: var(--ink); font-size: 14px; margin-right: auto; }
.key::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
.key.done::before { background: var(--done); } .key.failed::before { background: var(--failed); }
.key.limit::before { background: var(--limit); } .key.refused::before { background: var(--refused); }
.key.bytes::before { background: var(--bytes); }
.none { padding: 72px 0; text-align: center; }
svg { display: block; width: 100%; height: auto; margin-top: 6px; }
svg text { font-size: 11px; fill: var(--faint); }
svg .y { text-anchor: end; dominant-baseline: middle; } svg .x { text-anchor: middle; }
.grid { stroke: var(--rule); stroke-width: 1; }
.mark { stroke: var(--faint); stroke-width: 1; stroke-dasharray: 2 3; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.done { stroke: var(--done); } .line.failed { stroke: var(--failed); } .line.bytes { stroke: var(--bytes); }
.line.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 6 4; }
.area { opacity: .14; } .area.done { fill: var(--done); } .area.bytes { fill: var(--bytes); }
.bar.done { fill: var(--done); opacity: .8; } .bar.refused { fill: var(--refused); } .bar.took { fill: var(--took); }
section:not(.tiles):not(.plots) { padding: 14px 16px; margin-bottom: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 5px 18px 5px 0; border-top: 1px solid var(--rule); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--faint); font-weight: 500; white-space: nowrap; }
td:first-child, .failures td:nth-child(4) { white-space: nowrap; }
@media print { body { background: none; } .tile, figure, section { break-inside: avoid; } }
)css";

}  // namespace mux::inline v0::muxctl
