/* What the pages do beyond links and forms; every page works without it.
   Elements say what they want in data-attributes (docs/ui.md); nothing here knows a page. */
"use strict"
{
  const $ = (sel, root = document) => root.querySelector(sel)
  const $$ = (sel, root = document) => [...root.querySelectorAll(sel)]
  const on = (type, sel, act, capture) =>
    document.addEventListener(type, e => {
      const hit = e.target.closest?.(sel)
      if (hit) act(e, hit)
    }, capture)
  const word = name => $("#words").dataset[name]
  const shown = el => el.checkVisibility()

  /* ---- saying: one live region, and toasts ---- */
  const say = text => {
    const live = $("#live")
    live.textContent = ""
    setTimeout(() => (live.textContent = text), 50)
  }
  const toast = (text, kind = "ok") => {
    const box = document.createElement("div")
    box.className = `toast ${kind}`
    box.dataset.toast = 8
    box.append(Object.assign(document.createElement("span"), { textContent: text }))
    $("#toasts").append(box)
  }
  const count_down = box => {
    let left = Number(box.dataset.toast)
    if (!left || box.dataset.runs) return
    box.dataset.runs = "yes"
    const clock = setInterval(() => {
      if (box.matches(":hover, :focus-within") || document.hidden) return
      left -= 1
      for (const el of $$("[data-seconds]", box)) el.textContent = `${left} s`
      if (left > 0 && box.isConnected) return
      clearInterval(clock)
      box.remove()
    }, 1000)
  }
  const watch_toasts = () => $$("[data-toast]", $("#toasts")).forEach(count_down)
  new MutationObserver(watch_toasts).observe($("#toasts"), { childList: true, subtree: true })
  watch_toasts()
  on("click", "[data-dismiss]", (e, el) => el.closest("[data-toast]").remove())
  on("submit", "[data-toast] form", (e, el) => setTimeout(() => el.closest("[data-toast]")?.remove()))

  /* ---- dialogs: asked before, search, keys ---- */
  const ask = (text, words = {}) =>
    new Promise(answer => {
      const box = $("#confirm")
      $("#confirm-text").textContent = text
      for (const el of $$("button", box)) {
        el.dataset.plain ??= el.textContent
        el.textContent = words[el.value] || el.dataset.plain
      }
      box.returnValue = ""
      box.addEventListener("close", () => answer(box.returnValue === "yes"), { once: true })
      box.showModal()
    })
  const sure = new WeakSet()
  const ask_first = (e, el, go) => {
    if (sure.delete(el)) return
    e.preventDefault()
    e.stopImmediatePropagation()
    ask(el.dataset.confirm, el.dataset).then(yes => {
      if (!yes) return
      sure.add(el)
      go()
    })
  }
  on("submit", "form[data-confirm]", (e, form) => ask_first(e, form, () => form.requestSubmit(e.submitter)), true)
  on("click", "a[data-confirm], button[data-confirm]", (e, el) => ask_first(e, el, () => el.click()), true)

  const open = id => {
    const box = $(id)
    if (!box || box.open) return
    for (const menu of $$("[data-menu][open]")) menu.open = false
    box.showModal()
    $("input[type=text]", box)?.select()
  }
  on("click", "[data-palette]", (e, el) => {
    if (!$("#palette") || e.ctrlKey || e.metaKey) return
    e.preventDefault()
    open("#palette")
  })
  on("click", "[data-keys]", () => open("#keys"))
  on("click", "[data-close]", (e, el) => el.closest("dialog").close())
  on("click", "dialog", (e, box) => e.target === box && box.close())

  const hits = () => $$("#palette-hits [role=option]")
  const point = to => {
    const all = hits()
    for (const hit of all) hit.setAttribute("aria-selected", hit === to)
    if (to) $("#palette-q").setAttribute("aria-activedescendant", to.id)
    else $("#palette-q").removeAttribute("aria-activedescendant")
    to?.scrollIntoView({ block: "nearest" })
  }
  /* what this page offers to do stands in the palette as well: buttons of its head and of the drawer */
  const offered = () =>
    $$("#main .head .btn, #main [data-key], #drawer footer .btn").filter(el => shown(el) && !el.matches("summary, [data-search]"))
  const called = el => [...el.childNodes].filter(n => n.nodeName !== "KBD").map(n => n.textContent).join("").trim()
  const offer = () => {
    const typed = $("#palette-q").value.trim().toLowerCase()
    const sought = typed.replace(/^>\s*/, "")
    const fit = /^[@#€₴]/.test(typed) || !typed ? [] : offered().filter(el => called(el).toLowerCase().includes(sought) && called(el))
    if (!fit.length) return
    $("#palette-hits .none")?.remove()
    const group = document.createElement("div")
    group.setAttribute("role", "group")
    group.setAttribute("aria-label", word("here"))
    const title = document.createElement("h3")
    title.setAttribute("role", "presentation")
    title.textContent = word("here")
    group.append(title)
    fit.slice(0, 8).forEach((el, n) => {
      const hit = document.createElement("a")
      Object.assign(hit, { id: `hit-here-${n}`, href: el.href || "#main", tabIndex: -1 })
      const icon = $("svg", el)?.cloneNode(true) ?? document.createElement("span")
      hit.append(icon, Object.assign(document.createElement("span"), { textContent: called(el) }))
      hit.setAttribute("role", "option")
      hit.setAttribute("aria-selected", "false")
      hit.addEventListener("click", e => {
        e.preventDefault()
        $("#palette").close()
        el.click()
      })
      group.append(hit)
    })
    $("#palette-hits").append(group)
  }
  on("keydown", "#palette-q", e => {
    const all = hits()
    const at = all.findIndex(hit => hit.ariaSelected === "true")
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
    if (step && all.length) point(all[(at + step + all.length) % all.length])
    else if (e.key === "Enter" && at >= 0) e.ctrlKey || e.metaKey ? window.open(all[at].href) : all[at].click()
    else return
    e.preventDefault()
  })

  /* ---- lists: the current row, the selection ---- */
  const rows = () => $$("[data-list] tbody tr").filter(row => shown(row) && $("a[data-open], .cb", row))
  const current = () => document.activeElement.closest?.("[data-list] tbody tr") ?? $("[data-list] tr[aria-selected=true]")
  const mark = row => {
    for (const other of $$("[data-list] tr[aria-selected]")) other.removeAttribute("aria-selected")
    row?.setAttribute("aria-selected", "true")
  }
  const opener = row => row && $("a[data-open]", row)
  let following = false
  const move = step => {
    const all = rows()
    const next = all[all.indexOf(current()) + step] ?? (current() ? null : all[0])
    if (!next) return
    mark(next)
    next.scrollIntoView({ block: "nearest" })
    ;(opener(next) ?? $(".cb", next)).focus()
    if ($("#drawer .drawer")) {
      following = true
      opener(next)?.click()
    }
  }
  on("click", "[data-list] a[data-open]", (e, el) => mark(el.closest("tr")))
  on("click", "[data-list] tbody tr", (e, row) => {
    if (!e.target.closest("a, button, input, label, summary") && !getSelection().toString()) opener(row)?.click()
  })

  const boxes = list => $$("tbody .cb", list)
  const tell = list => {
    const all = boxes(list)
    const chosen = all.filter(box => box.checked).length
    const whole = $("[data-all]", list)
    if (whole) {
      whole.checked = chosen > 0 && chosen === all.length
      whole.indeterminate = chosen > 0 && chosen < all.length
    }
    for (const bar of $$("[data-bulk]")) {
      bar.hidden = chosen === 0
      for (const el of $$("[data-count]", bar)) el.textContent = chosen
    }
  }
  let last = null
  const pick = (box, range) => {
    const list = box.closest("[data-list]")
    const all = boxes(list)
    if (range && last?.isConnected) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b)
      for (const other of all.slice(from, to + 1)) other.checked = box.checked
    }
    last = box
    tell(list)
    say(word("selected").replace("{n}", all.filter(other => other.checked).length))
  }
  on("click", "[data-list] tbody .cb", (e, box) => pick(box, e.shiftKey))
  on("change", "[data-list] [data-all]", (e, whole) => {
    for (const box of boxes(whole.closest("[data-list]"))) box.checked = whole.checked
    tell(whole.closest("[data-list]"))
  })
  on("click", "[data-unselect]", () => {
    for (const list of $$("[data-list]")) {
      for (const box of boxes(list)) box.checked = false
      tell(list)
    }
  })

  /* ---- drawer: focus goes in and comes back ---- */
  const dirty = new Set()
  const unsaved = root =>
    [...dirty].some(form => form.isConnected && root.contains(form)) || !!$("form[data-guard] [data-errors]", root)
  const close_drawer = async () => {
    const drawer = $("#drawer .drawer")
    if (!drawer || (unsaved(drawer) && !(await ask(word("unsaved"))))) return
    drawer.remove()
    history.replaceState(null, "", before?.url ?? $("[data-close-drawer]", drawer).href)
    const row = opener(current())
    ;(before?.from.isConnected ? before.from : row ?? $("#main")).focus()
    before = null
  }
  /* where one was when the drawer opened */
  let before = null
  on("click", "[data-close-drawer]", e => {
    e.preventDefault()
    close_drawer()
  })

  /* ---- forms ---- */
  on("change", "[data-autosubmit]", (e, el) => el.form.requestSubmit())
  on("input", "form[data-guard]", (e, form) => dirty.add(form))
  on("submit", "form[data-guard]", (e, form) => dirty.delete(form))
  /* its answer brings another token: a second click would come with the one that is over */
  on("submit", "form[data-once]", (e, form) => (form.dataset.once ? e.preventDefault() : (form.dataset.once = "sent")))
  addEventListener("pageshow", () => $$("form[data-once]").forEach(form => (form.dataset.once = "")))
  addEventListener("beforeunload", e => unsaved(document) && e.preventDefault())

  const marks = { de: [".", ","], uk: ["\u00a0", ","], en: [",", "."] }[document.documentElement.lang]
  const neat = {
    iban: text => text.replace(/\s/g, "").toUpperCase().replace(/(.{4})(?=.)/g, "$1 "),
    amount: text => {
      const [group, point] = marks
      const plain = text.trim().replace(/[\u2212\u2013]/, "-").replace(/[\s\u00a0\u202f']/g, "")
      const [, sign, whole, part] = plain.match(/^(-?)([\d.,]*?\d)(?:[.,](\d{1,2}))?$/) ?? []
      /* what could mean two things is left as it was typed */
      if (!whole || (part && !plain.includes(point)) || !/^\d{1,3}(\D\d{3})*$|^\d+$/.test(whole) || whole.includes(point)) return text
      const digits = whole.replace(/\D/g, "").replace(/\B(?=(\d{3})+$)/g, group)
      return `${sign && "\u2212"}${digits}${point}${(part ?? "").padEnd(2, "0")}`
    },
    date: text => {
      const [, d, m, y] = text.trim().match(/^(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})$/) ?? []
      return d ? `${d.padStart(2, "0")}.${m.padStart(2, "0")}.${y.length === 2 ? "20" + y : y}` : text
    },
  }
  on("focusout", "[data-neat]", (e, el) => (el.value = neat[el.dataset.neat](el.value)))

  on("change", "[data-names]", (e, el) => {
    const names = $$("[data-names]", el.form).flatMap(input => [...input.files].map(file => file.name))
    for (const out of $$("[data-chosen]", el.form)) out.textContent = names.join(", ")
  })
  const over = (e, zone) => {
    e.preventDefault()
    zone.classList.toggle("over", e.type === "dragover")
    if (e.type !== "drop") return
    const input = $("input[type=file]", zone)
    input.files = e.dataTransfer.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
  }
  for (const type of ["dragover", "dragleave", "drop"]) on(type, "[data-drop]", over)

  on("click", "[data-copy]", async (e, el) => {
    e.preventDefault()
    await navigator.clipboard.writeText(el.dataset.copy || location.href)
    toast(word("copied"))
  })

  /* ---- menus and trees ---- */
  /* the rail shows where one is, and that there is more of it below */
  const side = $("#side")
  if (side) {
    const below = () => side.toggleAttribute("data-below", side.scrollTop + side.clientHeight < side.scrollHeight - 8)
    const here = () => {
      const current = $("[aria-current=page]", side)
      if (current && !current.closest(".foot")) current.scrollIntoView({ block: "nearest" })
      below()
    }
    side.addEventListener("scroll", below, { passive: true })
    side.addEventListener("toggle", here)
    addEventListener("resize", below)
    here()
  }
  if (matchMedia("(max-width: 720px)").matches) for (const part of $$("[data-phone-closed]")) part.open = false
  document.addEventListener("click", e => {
    for (const menu of $$("[data-menu][open]")) if (!menu.contains(e.target)) menu.open = false
  })
  on("keydown", "[role=treegrid] tr", (e, row) => {
    const all = $$("tbody tr", row.closest("table"))
    const at = all.indexOf(row)
    const level = el => Number(el.ariaLevel)
    const go = to => {
      if (!to) return
      for (const other of all) other.tabIndex = other === to ? 0 : -1
      to.focus()
    }
    const turn = () => $(".ex[href]", row)?.click()
    const keys = {
      ArrowDown: () => go(all[at + 1]),
      ArrowUp: () => go(all[at - 1]),
      Home: () => go(all[0]),
      End: () => go(all.at(-1)),
      ArrowRight: () => (row.ariaExpanded === "false" ? turn() : level(all[at + 1] ?? row) > level(row) && go(all[at + 1])),
      ArrowLeft: () => (row.ariaExpanded === "true" ? turn() : go(all.slice(0, at).findLast(other => level(other) < level(row)))),
      Enter: () => e.target === row && $("a[data-open]", row)?.click(),
    }
    if (!keys[e.key] || e.ctrlKey || e.altKey || e.metaKey) return
    if (e.key !== "Enter" || e.target === row) e.preventDefault()
    keys[e.key]()
  })

  /* ---- keys: by place on the keyboard, so that they work on every layout; / and ? by what they write ---- */
  const keyed = letter => $$(`[data-key="${letter}"]`).findLast(shown)
  const single = {
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    KeyX: e => {
      const box = current() && $(".cb", current())
      if (!box) return
      box.checked = e.shiftKey || !box.checked
      pick(box, e.shiftKey)
    },
    KeyW: () => (document.activeElement.closest(".why") ?? (current() && $(".why", current())))?.click(),
    KeyE: () => $("[data-done]", current() ?? $("[data-list] tr:has([data-done])") ?? document)?.click(),
    KeyG: () => (going = Date.now()),
  }
  let going = 0
  const letter = e => e.code.replace("Key", "")
  document.addEventListener("keydown", e => {
    if (e.defaultPrevented) return
    const typing = e.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")
    if ((e.ctrlKey || e.metaKey) && e.code === "KeyK") {
      e.preventDefault()
      return open("#palette")
    }
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && e.target.form) {
      e.preventDefault()
      return e.target.form.requestSubmit($("[data-submit]", e.target.form))
    }
    if ($("dialog[open]")) return
    if (e.key === "Escape") {
      const menu = $("[data-menu][open]")
      if (!menu) return close_drawer()
      menu.open = false
      return $("summary", menu).focus()
    }
    if (typing || e.ctrlKey || e.metaKey || e.altKey || document.body.dataset.shortcuts === "off") return
    const went = Date.now() - going < 1500 && $(`[data-go="${letter(e)}"]`)
    going = 0
    const act =
      (e.key === "?" && (() => open("#keys"))) ||
      (e.key === "/" && (() => ($("[data-search]") ?? $("[data-palette]"))?.[$("[data-search]") ? "focus" : "click"]())) ||
      (went && (() => went.click())) ||
      single[e.code] ||
      (e.code.startsWith("Key") && !e.shiftKey && keyed(letter(e)) && (() => keyed(letter(e)).click()))
    if (!act) return
    e.preventDefault()
    act(e)
  })

  /* ---- htmx: what it asks, what came ---- */
  document.addEventListener("htmx:configRequest", e => (e.detail.headers["X-Stands"] = document.body.dataset.stands ?? ""))
  document.addEventListener("htmx:confirm", e => {
    const { elt, target, issueRequest } = e.detail
    if (elt.closest("form[data-guard]") || !target || !unsaved(target)) return
    e.preventDefault()
    ask(word("unsaved")).then(yes => {
      if (yes) issueRequest(true)
    })
  })
  document.addEventListener("htmx:beforeRequest", e => {
    const { elt, target } = e.detail
    if (elt.matches("[data-poll]")) return document.hidden && e.preventDefault()
    if (target !== document.body) target.setAttribute("aria-busy", "true")
    if (target.id === "drawer" && !elt.closest("#drawer")) before = { url: before?.url ?? location.href, from: elt }
  })
  let had_focus = false
  document.addEventListener("htmx:beforeSwap", e => {
    const { requestConfig, target, xhr } = e.detail
    had_focus = target.contains(document.activeElement)
    /* a whole page where a part was asked for: the session ended, or something was moved */
    if (!requestConfig.elt.hasAttribute("hx-select") && /^\s*<!doctype/i.test(xhr.responseText)) {
      e.detail.shouldSwap = false
      location.assign(xhr.responseURL)
    }
  })
  document.addEventListener("htmx:afterRequest", e => e.detail.target.removeAttribute("aria-busy"))
  document.addEventListener("htmx:xhr:progress", e => {
    const bar = $("progress", e.detail.elt ?? e.target)
    if (!bar || !e.detail.lengthComputable) return
    bar.hidden = false
    bar.value = (100 * e.detail.loaded) / e.detail.total
  })
  const said = new Map()
  document.addEventListener("htmx:afterSettle", e => {
    const here = e.detail.elt
    if (here.id === "palette-hits") {
      offer()
      return point(hits()[0])
    }
    $$("[data-list]").forEach(tell)
    for (const { id, dataset } of [here, ...$$("[data-say]", here)]) {
      /* what came by itself is said once, what somebody asked for each time */
      if (dataset.say && (said.get(id) !== dataset.say || e.detail.requestConfig?.triggeringEvent)) say(dataset.say)
      said.set(id, dataset.say)
    }
    const trouble = $("[data-errors]", here)
    if (trouble) return trouble.focus()
    if (here.id === "drawer" && !following) $("#drawer-title")?.focus()
    if (here.id === "drawer") following = false
    if (had_focus && document.activeElement === document.body) {
      here.tabIndex = -1
      here.focus({ preventScroll: true })
    }
  })
  document.addEventListener("htmx:sendError", () => toast(word("offline"), "err"))
  document.addEventListener("htmx:timeout", () => toast(word("offline"), "err"))
  document.addEventListener("htmx:responseError", e => {
    const { status } = e.detail.xhr
    if (status === 401) location.reload() /* signed out: the page leads to the door and back */
    else if (status !== 409 && status !== 422) toast(word("broken"), "err")
  })
  $("[data-errors]")?.focus()
  /* what may be folded is, where it would fill the first screen of a phone */
  if (matchMedia("(max-width: 720px)").matches) for (const el of $$("details[data-fold]")) el.open = false
}
