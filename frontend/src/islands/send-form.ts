/**
 * Sends a form without leaving the page, so that a network which only seems to be there shows no error page of the browser in
 * place of what was typed. What was taken leads on; what was refused is sent once more the ordinary way, which shows the refusal.
 * Gives whether the server was reached. Sent twice, the form's id makes it one.
 */
const PATIENCE_MS = 30_000;

export async function sendForm(form: HTMLFormElement): Promise<boolean> {
  let answer: Response;
  try {
    answer = await fetch(form.action || location.href, { method: "POST", body: new FormData(form), signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return false;
  }
  if (answer.status >= 500) return false;
  if (answer.redirected) location.assign(answer.url);
  else form.submit();
  return true;
}
