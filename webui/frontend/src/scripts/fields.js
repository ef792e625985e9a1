// Fields that apply only for some answers: the server marked those that do not apply now and is asked again after every answer,
// so that a condition is evaluated in one place only.

function show(form, shown) {
  for (const part of form.querySelectorAll("[id$='-part']")) {
    part.hidden = !shown.includes(part.id.slice(0, -"-part".length));
  }
}

export function followFields(form) {
  for (const part of form.querySelectorAll("[data-unshown]")) {
    part.hidden = true;
  }
  let asked = 0;
  async function ask() {
    const turn = ++asked;
    const response = await fetch(form.dataset.fieldsUrl, {
      method: "POST",
      body: new FormData(form),
      credentials: "same-origin",
    });
    // Without an answer every field stays as it is: what does not apply is dropped when the form is sent.
    if (response.ok && turn === asked) {
      show(form, (await response.json()).shown);
    }
  }
  form.addEventListener("change", ask);
  if (form.dataset.restored) {
    ask();
  }
}
