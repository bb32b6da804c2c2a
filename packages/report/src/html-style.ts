import type { Html } from './html-escape.ts'

/** The only style of the page. Colours are named by what they mean, once for light and once for dark. */
export const styleSheet: Html = {
  html: `
:root{color-scheme:light dark;--bg:#f6f5f1;--card:#fff;--ink:#1d1d1b;--muted:#6a6a64;--line:#e5e3dc;--soft:#f3f2ed;
--good:#166f40;--bad:#b9332a;--waiting:#875008;--unknown:#6847bd;--accent:#2457c5;--quiet:#74746d;--on-fill:#fff;
--look:#cfd3da;--publish:#7a4fc9;--adopt:#1f6fd1;--configure:#5f7285;--deploy:#12806a;--verify:#3d9142;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--bg:#141517;--card:#1c1e21;--ink:#e9e7e2;--muted:#a09f98;--line:#303237;--soft:#24262a;
--good:#54c78e;--bad:#ff8577;--waiting:#eeb457;--unknown:#b8a3ff;--accent:#82a8ff;--quiet:#94938c;--on-fill:#121315;
--look:#474c55;--publish:#b795ff;--adopt:#78b1ff;--configure:#a3b4c6;--deploy:#4fcfb3;--verify:#86d98a}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:28px 20px 40px;display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 24px}
.slim{display:flex;gap:16px;align-items:baseline;padding:12px 24px}.slim h2{margin:0;flex:none}.empty{margin:0;color:var(--muted)}
h1{font-size:24px;line-height:1.3;margin:6px 0 0;font-weight:650;letter-spacing:-.01em;text-wrap:pretty;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 10px;font-weight:650}
.title{margin:0;color:var(--muted);overflow-wrap:anywhere}
.head{border-top:4px solid var(--tone)}
.tone-good{--tone:var(--good)}.tone-bad{--tone:var(--bad)}.tone-waiting{--tone:var(--waiting)}.tone-unknown{--tone:var(--unknown)}.tone-quiet{--tone:var(--quiet)}.tone-plain{--tone:var(--accent)}
.badge{display:inline-block;margin-left:6px;padding:1px 10px;border-radius:99px;border:1px solid var(--tone);color:var(--tone);font-weight:600;font-size:13px}
.alert{margin:16px 0 0;padding:12px 16px;border-left:3px solid var(--tone);background:var(--soft);border-radius:0 8px 8px 0;overflow-wrap:anywhere}
.alert p{margin:4px 0 0}
.next{margin:16px 0 0;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}
.next span{color:var(--muted)}.next code{padding:6px 12px;border-radius:8px;font-size:14px;user-select:all;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:12px 24px;margin:20px 0 0;padding-top:16px;border-top:1px solid var(--line)}
dt{color:var(--muted);font-size:13px}dd{margin:0;overflow-wrap:anywhere}
code{font-family:var(--mono);font-size:.88em;background:var(--soft);border-radius:5px;padding:1px 5px}
a{color:var(--accent)}
.note{margin:-6px 0 12px;color:var(--muted);font-size:14px}
.scroll{overflow-x:auto;margin:0 -24px;padding:0 24px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;font-weight:500;color:var(--muted);font-size:13px;white-space:nowrap;padding:4px 18px 6px 0;border-bottom:1px solid var(--line)}
td{padding:7px 18px 7px 0;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:break-word;max-width:420px;min-width:min-content}
tr:last-child td{border-bottom:0}td:last-child,th:last-child{padding-right:0}
td code,.word{white-space:nowrap}td code.long{min-width:210px;display:inline-block}.trouble{margin-top:18px}td code.long{white-space:normal;overflow-wrap:anywhere;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.is-good{color:var(--good)}.is-bad{color:var(--bad);font-weight:600}.is-waiting{color:var(--waiting)}.is-unknown{color:var(--unknown)}.is-quiet{color:var(--quiet)}
details summary{cursor:pointer;font-weight:650}details[open] summary{margin-bottom:10px}
.count{color:var(--muted);font-weight:400}
.mark-done{--mark:var(--good)}.mark-failed{--mark:var(--bad)}.mark-unknown{--mark:var(--unknown)}.mark-running{--mark:var(--accent)}.mark-partial{--mark:var(--good)}.mark-waiting{--mark:var(--waiting)}.mark-skipped,.mark-pending{--mark:var(--quiet)}
.journey{list-style:none;margin:0;padding:0}
.journey li{display:grid;grid-template-columns:14px 112px minmax(0,1fr) auto;gap:0 14px;padding:6px 0;position:relative;align-items:baseline}
.journey li:not(:last-child)::before{content:"";position:absolute;left:6px;top:20px;bottom:-10px;width:2px;background:var(--mark);opacity:.45}
.dot{width:14px;height:14px;border-radius:50%;background:var(--mark);align-self:start;margin-top:5px;position:relative}
.mark-pending .dot,.mark-skipped .dot{background:var(--card);border:2px solid var(--mark)}
.mark-partial .dot{background:linear-gradient(var(--mark) 50%,var(--card) 50%);border:2px solid var(--mark)}
.mark-waiting .dot,.mark-running .dot{background:var(--card);border:4px solid var(--mark)}
.mark-failed .dot,.mark-unknown .dot{border-radius:3px}
.phase{font-weight:600}.phase small{color:var(--muted);font-weight:400;display:inline-block;width:1.5em;font-variant-numeric:tabular-nums}
.mark-pending .phase,.mark-skipped .phase{font-weight:400;color:var(--muted)}
.what{overflow-wrap:anywhere}.what em{font-style:normal;color:var(--muted)}
.mark-failed .said,.mark-waiting .said,.mark-unknown .said,.mark-running .said,.mark-partial .said{color:var(--mark);font-weight:600}
.mark-done .said,.mark-pending .said,.mark-skipped .said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.mark-pending .what{color:var(--muted)}
.took{color:var(--muted);font-variant-numeric:tabular-nums;white-space:nowrap}
.timeline{position:relative;min-width:680px;padding-top:24px;--labels:132px}
.row{display:grid;grid-template-columns:var(--labels) minmax(0,1fr);align-items:center;min-height:24px;position:relative}
.row:nth-child(even){background:color-mix(in srgb,var(--soft) 55%,transparent)}
.label{font-size:13px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;padding:0 10px 0 4px}
.row-waits .label,.row-train .label{color:var(--muted)}
.track{position:relative;height:16px}
.bar,.key{--fill:var(--look)}
.key{display:inline-block;width:18px;height:10px;border-radius:3px;background:var(--fill)}
.bar{position:absolute;top:0;height:16px;min-width:3px;border-radius:4px;background:var(--fill);container-type:inline-size;overflow:hidden;box-shadow:0 0 0 1px var(--card)}
.bar b{display:block;font-style:normal;font-weight:600;font-size:11px;line-height:16px;padding:0 6px;color:var(--on-fill);white-space:nowrap;overflow:hidden;text-overflow:clip}
@container (max-width:50px){.bar b{display:none}}
.phase-publish{--fill:var(--publish)}.phase-adopt{--fill:var(--adopt)}.phase-configure{--fill:var(--configure)}.phase-deploy{--fill:var(--deploy)}.phase-verify{--fill:var(--verify)}.phase-undo{--fill:var(--waiting)}
.phase-look{--fill:var(--look)}.phase-look b{color:var(--ink)}
.phase-wait,.bar.mark-waiting,.bar.mark-running{background:repeating-linear-gradient(45deg,color-mix(in srgb,var(--waiting) 55%,transparent) 0 3px,color-mix(in srgb,var(--waiting) 18%,transparent) 3px 7px)}
.phase-wait b,.bar.mark-waiting b,.bar.mark-running b{color:var(--ink);background:var(--card);width:max-content;max-width:100%;margin:2px 3px;line-height:12px;border-radius:3px;padding:0 4px}
.bar.mark-failed,.key.mark-failed{background:var(--bad)}.bar.mark-failed b{color:var(--on-fill)}.bar.mark-unknown{background:var(--unknown)}.bar.mark-unknown b{color:var(--on-fill)}
.bar.mark-skipped{opacity:.45}
.grid{position:absolute;top:0;bottom:0;left:var(--labels);right:0}
.tick{position:absolute;top:20px;bottom:0;border-left:1px dotted var(--line)}
.tick b{position:absolute;top:-20px;left:0;font-weight:400;font-size:12px;color:var(--muted);white-space:nowrap;font-variant-numeric:tabular-nums}
.tick.last b{left:auto;right:0}
.break{position:absolute;top:24px;bottom:0;border:0 solid var(--line);border-width:0 1px;background:repeating-linear-gradient(135deg,var(--line) 0 2px,transparent 2px 7px);}
.break b{position:absolute;left:50%;bottom:4px;transform:translateX(-50%);font-weight:500;font-size:11px;background:var(--card);padding:0 5px;border-radius:4px;color:var(--ink);white-space:nowrap;font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:14px 0 0;color:var(--muted);font-size:13px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.key.idle{background:repeating-linear-gradient(135deg,var(--line) 0 2px,transparent 2px 7px);outline:1px solid var(--line)}
.matrix{width:auto;border-collapse:separate;border-spacing:2px}
.matrix td,.matrix th{border:0;padding:0;position:relative}
.matrix thead th{height:156px;vertical-align:bottom;padding:0 0 6px;width:26px;min-width:26px}
.matrix thead th span{writing-mode:vertical-rl;transform:rotate(180deg);font-size:12px;line-height:1;white-space:nowrap;display:inline-block;max-height:152px;padding:0 7px}
.matrix tbody th{position:sticky;left:0;z-index:1;background:var(--card);color:var(--ink);font-weight:500;padding:0 14px 0 0;max-width:190px;overflow:hidden;text-overflow:ellipsis}
.matrix tbody td{width:26px;min-width:26px;height:24px;text-align:center;vertical-align:middle;border-radius:4px;font-size:13px;font-weight:600;line-height:24px}
.v-green{color:var(--good);background:color-mix(in srgb,var(--good) 13%,transparent)}
.v-red{color:var(--on-fill);background:var(--bad)}
.v-overridden{color:var(--waiting);background:color-mix(in srgb,var(--waiting) 18%,transparent);box-shadow:inset 0 0 0 1px var(--waiting)}
.v-unknown{color:var(--unknown);background:color-mix(in srgb,var(--unknown) 18%,transparent);box-shadow:inset 0 0 0 1px var(--unknown)}
.v-na{color:var(--quiet);font-weight:400}
.legend b{display:inline-grid;place-items:center;width:20px;height:18px;border-radius:4px;font-size:12px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.figures{list-style:none;margin:20px 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px}
.figures li{background:var(--soft);border-radius:10px;padding:12px 16px;border-left:3px solid var(--tone);display:grid;gap:1px;align-content:start;overflow-wrap:anywhere}
.figures b{font-size:20px;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.figures span{font-size:13px}.figures small{color:var(--muted);font-size:12px}
.fold{padding:14px 24px}
footer{color:var(--muted);font-size:13px;text-align:center;padding-top:8px}
@media (max-width:640px){.scroll>table:not(.matrix){min-width:600px}main{padding:12px 10px 24px}.card{padding:16px}.scroll{margin:0 -16px;padding:0 16px}h1{font-size:20px}
.journey li{grid-template-columns:14px minmax(0,1fr) auto}.what{grid-column:2 / -1;grid-row:2}.slim{display:block}}
@media print{details::details-content{content-visibility:visible;display:block;height:auto}body{background:#fff;font-size:12px}.card{break-inside:avoid;border-color:#ccc}.scroll{overflow:visible}main{max-width:none;padding:0}}
`,
}
