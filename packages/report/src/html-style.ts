import type { Html } from './html-escape.ts'

/** The only style of the page. Colours are named by what they mean, once for light and once for dark. */
export const styleSheet: Html = {
  html: `
:root{color-scheme:light dark;--bg:#f6f5f1;--card:#fff;--ink:#1d1d1b;--muted:#6a6a64;--line:#e5e3dc;--soft:#f3f2ed;
--good:#1b7a48;--bad:#b9332a;--waiting:#95590a;--unknown:#6847bd;--accent:#2457c5;--quiet:#74746d;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{--bg:#141517;--card:#1c1e21;--ink:#e9e7e2;--muted:#a09f98;--line:#303237;--soft:#24262a;
--good:#54c78e;--bad:#ff8577;--waiting:#eeb457;--unknown:#b8a3ff;--accent:#82a8ff;--quiet:#94938c}}
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
td code{white-space:nowrap}td code.long{white-space:normal;overflow-wrap:anywhere;-webkit-box-decoration-break:clone;box-decoration-break:clone}
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
.timeline{position:relative;min-width:640px;padding-top:24px;--labels:210px}
.row{display:grid;grid-template-columns:92px 104px minmax(0,1fr);gap:0 7px;align-items:center;min-height:24px}
.row.first{border-top:1px solid var(--line)}
.label{font-size:13px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.repo{color:var(--muted)}
.track{position:relative;height:14px}
.bar{position:absolute;top:0;height:14px;min-width:3px;border-radius:3px;background:var(--mark)}
.bar.mark-running,.bar.mark-waiting{background:repeating-linear-gradient(45deg,var(--mark) 0 4px,transparent 4px 7px);outline:1px solid var(--mark);outline-offset:-1px}
.grid{position:absolute;top:0;bottom:0;left:var(--labels);right:0}
.tick{position:absolute;top:20px;bottom:0;border-left:1px dotted var(--line)}
.tick b,.break b{position:absolute;top:-20px;left:0;font-weight:400;font-size:12px;color:var(--muted);white-space:nowrap;font-variant-numeric:tabular-nums}
.tick.last b{left:auto;right:0}
.break{position:absolute;top:24px;bottom:0;background:repeating-linear-gradient(135deg,var(--line) 0 3px,transparent 3px 8px);opacity:.8}
.break b{top:50%;left:50%;transform:translate(-50%,-50%) rotate(-90deg);background:var(--card);padding:0 5px;border-radius:4px;color:var(--ink)}
footer{color:var(--muted);font-size:13px;text-align:center;padding-top:8px}
@media (max-width:640px){main{padding:12px 10px 24px}.card{padding:16px}.scroll{margin:0 -16px;padding:0 16px}h1{font-size:20px}
.journey li{grid-template-columns:14px minmax(0,1fr) auto}.what{grid-column:2 / -1;grid-row:2}.slim{display:block}}
@media print{body{background:#fff;font-size:12px}.card{break-inside:avoid;border-color:#ccc}.scroll{overflow:visible}main{max-width:none;padding:0}}
`,
}
