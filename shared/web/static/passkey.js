/* Passkeys: the form's question goes to the browser, its answer into the form. Without any of it codes work. */
"use strict"
{
  const known = () => !!(window.PublicKeyCredential && navigator.credentials)
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0))
  const text = buffer =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
  const listed = all => (all ?? []).map(one => ({ ...one, id: bytes(one.id) }))

  const show = root => {
    for (const form of root.querySelectorAll("form[data-passkey]")) {
      form.querySelector("[data-passkey-button]").hidden = !known()
      form.querySelector("[data-passkey-none]").hidden = known()
    }
    for (const el of root.querySelectorAll("[data-print], [data-scripted]")) el.hidden = false
  }

  const asked = async form => {
    const publicKey = JSON.parse(form.dataset.question)
    publicKey.challenge = bytes(publicKey.challenge)
    if (form.dataset.passkey === "create") {
      publicKey.user.id = bytes(publicKey.user.id)
      publicKey.excludeCredentials = listed(publicKey.excludeCredentials)
      return navigator.credentials.create({ publicKey })
    }
    publicKey.allowCredentials = listed(publicKey.allowCredentials)
    return navigator.credentials.get({ publicKey })
  }
  const written = made => {
    const answer = made.response
    const response = { clientDataJSON: text(answer.clientDataJSON) }
    if (answer.attestationObject) {
      response.attestationObject = text(answer.attestationObject)
      response.transports = answer.getTransports?.() ?? []
    } else {
      response.authenticatorData = text(answer.authenticatorData)
      response.signature = text(answer.signature)
      response.userHandle = answer.userHandle ? text(answer.userHandle) : null
    }
    return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} }
  }

  document.addEventListener("submit", async e => {
    const form = e.target
    if (!form.matches("form[data-passkey]") || form.querySelector("[data-passkey-answer]").value) return
    e.preventDefault()
    const failed = form.querySelector("[data-passkey-failed]")
    failed.hidden = true
    try {
      form.querySelector("[data-passkey-answer]").value = JSON.stringify(written(await asked(form)))
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
  document.addEventListener("click", e => e.target.closest("[data-print]") && window.print())
  document.addEventListener("htmx:afterSettle", e => show(e.detail.elt))
  show(document)
}
