/** How /docs looks: one column that fits a phone, light or dark as the reader has it. */
export const docsStyle = `:root{color-scheme:light dark;--line:#8884;--soft:#8881;--quiet:light-dark(#555,#aaa)}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid var(--line);text-transform:capitalize}h4{margin:1rem 0 .25rem}
nav ul{columns:8rem;padding-left:1.2rem}
a{color:light-dark(#0550ae,#79c0ff)}
code,pre{font:.85em/1.5 ui-monospace,monospace}
pre{overflow:auto;background:var(--soft);padding:.75rem;border-radius:.4rem;max-height:24rem}
details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:0 .75rem}
details[open]{padding-bottom:.75rem}
summary{cursor:pointer;padding:.6rem 0;display:flex;flex-wrap:wrap;gap:.2rem .6rem;align-items:baseline}
summary code{font-weight:600}summary span{color:var(--quiet);flex:1 1 14rem}
summary b{font:700 .75rem/1.6 ui-monospace,monospace;padding:0 .4rem;border-radius:.3rem;color:#fff;background:#57606a;min-width:3.6rem;text-align:center}
b.get{background:#0969da}b.post{background:#1a7f37}b.put,b.patch{background:#9a6700}b.delete{background:#cf222e}
.fields,.refusals{list-style:none;padding:0;margin:.25rem 0}
.fields li,.refusals li{padding:.3rem 0 .3rem .75rem;border-left:2px solid var(--line)}
.fields .fields{margin-left:.5rem}
.optional{font-size:.75rem;border:1px solid var(--line);border-radius:.3rem;padding:0 .3rem;margin-left:.4rem;color:var(--quiet)}
.type{color:light-dark(#8250df,#d2a8ff);font-size:.85rem;margin:0 0 0 .4rem}
.note{display:block;color:var(--quiet);font-size:.9rem}.or{margin:.3rem 0;color:var(--quiet)}
.needs{font-weight:600}.refusals b{display:inline-block;min-width:2.5rem}
dt{font-weight:600;margin-top:1rem}dd{margin:0}`
