// Everything here only improves pages that already work without it.
import { startRows } from "./rows.js";
import { startDrafts } from "./drafts.js";
import { startSubmitOnce } from "./submit-once.js";
import { startLocalTimes } from "./local-times.js";
import { startMenus } from "./menus.js";
import { startExpressions } from "./expression.js";

startRows();
startDrafts(); // before submit-once, so that the draft is marked before buttons change
startSubmitOnce();
startLocalTimes();
startMenus();
startExpressions();
document.querySelector("[data-focus]")?.focus();
