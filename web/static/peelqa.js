// Lets a conversation grow without loading the page anew. Everything works without it.
"use strict";

const FRAGMENT = { "Peelqa-Fragment": "yes" };

function post(form, button) {
  const fields = new URLSearchParams(new FormData(form, button || undefined));
  return fetch(form.getAttribute("action").split("#")[0], { method: "POST", body: fields, headers: FRAGMENT });
}

// Screen readers are told; what only repeats the page is not shown.
function say(text, shown = false) {
  const status = document.getElementById("status");
  if (!status) return;
  status.classList.toggle("hidden", !shown);
  status.textContent = text;
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

function remember(thread) {
  const carried = document.getElementById("carried");
  history.replaceState({ thread: thread.innerHTML, carried: carried.innerHTML }, "");
}

function growThread(thread, ask, html) {
  const old = document.getElementById("latest");
  if (old) old.removeAttribute("id");
  const turn = parsed(html);
  turn.id = "latest";
  thread.append(turn);
  const hidden = document.createElement("input");
  Object.assign(hidden, { type: "hidden", name: "turn", value: turn.dataset.turn });
  const carried = document.getElementById("carried");
  carried.append(hidden);
  while (carried.children.length > 5) carried.firstElementChild.remove();
  showFollowUp(ask);
  say("Answer loaded: " + turn.dataset.said);
  document.title = turn.querySelector("h2").textContent.slice(0, 60) + " – peelqa";
  remember(thread);
  turn.querySelector("h2").focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
}

function showFollowUp(ask) {
  const field = ask.elements.question;
  field.value = "";
  ask.querySelector("label[for=question]").textContent = "Ask a follow-up question";
  ask.querySelector("#question-hint").textContent = "For instance “and in 2018?” or “why?”. Filters you chose stay.";
  ask.querySelector(".restart").hidden = false;
  document.querySelector(".lead").classList.add("small-lead");
  document.querySelectorAll(".examples, .summary, .error").forEach((part) => part.remove());
  field.removeAttribute("aria-invalid");
  field.setAttribute("aria-describedby", "question-hint");
  field.closest(".field").classList.remove("wrong");
}

function keepTurnsBefore(form) {
  // A question asked anew replaces what came after it in the conversation that is carried on.
  const carried = document.getElementById("carried");
  carried.replaceChildren(...[...form.querySelectorAll("input[name=turn]")].map((each) => each.cloneNode()));
}

async function askInPlace(event, thread, ask) {
  const form = event.target;
  const button = event.submitter;
  event.preventDefault();
  say("Looking in the reports…", true);
  const main = ask.querySelector(".main-button");
  main.disabled = true;
  try {
    const answer = await post(form, button);
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (form !== ask) keepTurnsBefore(form);
    growThread(thread, ask, html);
  } catch {
    // The page that the server would have sent says what is wrong.
    say("");
    main.disabled = false;
    if (button && button.name) {
      const chosen = document.createElement("input");
      Object.assign(chosen, { type: "hidden", name: button.name, value: button.value });
      form.append(chosen);
    }
    form.submit();
  }
  main.disabled = false;
}

async function replaceInPlace(event) {
  const form = event.target;
  event.preventDefault();
  const answer = await post(form, event.submitter);
  if (!answer.ok) return form.submit();
  const part = parsed(await answer.text());
  const address = part.querySelector("[data-address]");
  if (address) address.value = new URL(address.value, location.href).href;
  form.replaceWith(part);
  say(address ? "Link made" : part.textContent);
  if (address) address.select();
}

async function updateCounts(ask) {
  const fields = new URLSearchParams();
  for (const name of ["body", "year", "theme", "finding"]) {
    if (ask.elements[name].value) fields.append(name, ask.elements[name].value);
  }
  const answer = await fetch("/api/filters?" + fields);
  if (!answer.ok) return;
  const counts = await answer.json();
  for (const name of ["body", "year", "theme", "finding"]) {
    const known = new Map(counts[name].map((each) => [each.value, each.count]));
    for (const option of ask.elements[name].options) {
      if (!option.value) continue;
      const count = known.get(option.value) || 0;
      option.textContent = option.textContent.replace(/ \(\d+\)$/, "") + ` (${count})`;
      option.disabled = !count && !option.selected;
    }
  }
}

function addCopyButtons(event) {
  const details = event.target;
  if (!details.matches || !details.matches(".cite") || !details.open || !navigator.clipboard) return;
  if (details.querySelector("button")) return;
  const text = details.querySelector("[data-copy]");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button";
  button.textContent = "Copy citation";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
    say("Citation copied");
  });
  text.after(button);
}

function start() {
  document.addEventListener("toggle", addCopyButtons, true);
  const summary = document.getElementById("summary");
  if (summary) summary.focus();
  const ask = document.getElementById("ask");
  const thread = document.getElementById("thread");
  if (!ask || !thread) return;
  if (history.state && history.state.thread && !thread.children.length) {
    thread.innerHTML = history.state.thread;
    document.getElementById("carried").innerHTML = history.state.carried;
    showFollowUp(ask);
  }
  document.addEventListener("submit", (event) => {
    const path = event.target.getAttribute("action").split("#")[0];
    if (path === "/ask") askInPlace(event, thread, ask);
    else if (event.target.matches("[data-fragment]")) replaceInPlace(event);
  });
  ask.elements.question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      ask.requestSubmit(ask.querySelector(".main-button"));
    }
  });
  ask.addEventListener("change", (event) => {
    if (event.target.matches("select")) updateCounts(ask);
  });
}

start();
