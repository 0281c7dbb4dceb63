/**
 * <passkey-door data-ask data-failed> round a form with a field `answer`: asks the house for a question, the device for the answer,
 * and sends the form with it. A question with `user` makes a new key, any other uses one. Without passkeys the button stays hidden.
 */

interface Descriptor {
  id: string;
  type: "public-key";
}

interface Question {
  publicKey: {
    challenge: string;
    user?: { id: string; name: string; displayName: string };
    excludeCredentials?: Descriptor[];
    allowCredentials?: Descriptor[];
  };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function words(buffer: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const read = (known: Descriptor[] = []): PublicKeyCredentialDescriptor[] => known.map((each) => ({ ...each, id: bytes(each.id) }));

async function askDevice({ publicKey: asked }: Question): Promise<Record<string, unknown>> {
  const challenge = bytes(asked.challenge);
  if (asked.user) {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const options = { ...asked, challenge, user, excludeCredentials: read(asked.excludeCredentials) };
    const key = (await navigator.credentials.create({
      publicKey: options as unknown as PublicKeyCredentialCreationOptions,
    })) as PublicKeyCredential;
    const given = key.response as AuthenticatorAttestationResponse;
    const response = { clientDataJSON: words(given.clientDataJSON), attestationObject: words(given.attestationObject) };
    return { id: key.id, rawId: words(key.rawId), type: key.type, response };
  }
  const options = { ...asked, challenge, allowCredentials: read(asked.allowCredentials) };
  const key = (await navigator.credentials.get({ publicKey: options })) as PublicKeyCredential;
  const given = key.response as AuthenticatorAssertionResponse;
  const response = {
    clientDataJSON: words(given.clientDataJSON),
    authenticatorData: words(given.authenticatorData),
    signature: words(given.signature),
    userHandle: given.userHandle ? words(given.userHandle) : undefined,
  };
  return { id: key.id, rawId: words(key.rawId), type: key.type, response };
}

class PasskeyDoor extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    const button = this.querySelector<HTMLButtonElement>("button");
    if (!form || !button) return;
    if (!("PublicKeyCredential" in window)) {
      this.querySelector("[role=status]")?.setAttribute("data-said", "");
      return;
    }
    button.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.open(form, button);
    });
  }

  private async open(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
    const status = this.querySelector<HTMLElement>("[role=status]");
    const field = form.elements.namedItem("answer");
    if (!(field instanceof HTMLInputElement)) return;
    button.disabled = true;
    if (status) status.textContent = "";
    try {
      const token = form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
      const asked = await fetch(this.dataset["ask"] ?? "", { method: "POST", headers: { "X-CSRFToken": token } });
      if (!asked.ok) throw new Error(String(asked.status));
      field.value = JSON.stringify(await askDevice((await asked.json()) as Question));
      form.submit();
    } catch {
      // Closed, no key here, or no network: each time the person may try again or go through another door.
      button.disabled = false;
      if (status) {
        status.textContent = this.dataset["failed"] ?? "";
        status.dataset["said"] = "";
      }
    }
  }
}

customElements.define("passkey-door", PasskeyDoor);

export {};
