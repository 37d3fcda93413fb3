// The wire to the shell around the app's frame. The shell's origin is where this script came from.
import type { BridgeEnvelope, BridgeNews, BridgeQuestions, ShellEnvelope, ShellNews } from "../messages.ts";

export const script = document.currentScript as HTMLScriptElement | null;
export const shellOrigin = new URL(script?.src ?? location.href).origin;
export const isEmbedded = window.parent !== window;

const questions = new Map<string, { resolve(answer: unknown): void; reject(error: Error): void }>();
const hearers = new Map<string, (payload: never) => void>();
let lastId = 0;

export function nextId(kind: string): string {
  lastId += 1;
  return `${kind}-${lastId}`;
}

export function say<Type extends keyof BridgeNews>(type: Type, payload: BridgeNews[Type]): void {
  post({ from: "app-bridge", type, payload });
}

/** Rejects when the shell says so; waits for ever outside of it. */
export function ask<Type extends keyof BridgeQuestions>(
  type: Type,
): Promise<BridgeQuestions[Type]["answer"]> {
  const id = nextId("question");
  return new Promise((resolve, reject) => {
    questions.set(id, { resolve: (answer) => resolve(answer as BridgeQuestions[Type]["answer"]), reject });
    post({ from: "app-bridge", type, id, payload: null });
  });
}

export function hear<Type extends keyof ShellNews>(
  type: Type,
  hearer: (payload: ShellNews[Type]) => void,
): void {
  hearers.set(type, hearer as (payload: never) => void);
}

function post(envelope: BridgeEnvelope): void {
  if (isEmbedded) window.parent.postMessage(envelope, shellOrigin);
}

window.addEventListener("message", (event: MessageEvent<ShellEnvelope>) => {
  if (event.source !== window.parent || event.origin !== shellOrigin || event.data?.from !== "admin") return;
  const envelope = event.data;
  if (envelope.type === "answer") {
    const question = questions.get(envelope.id);
    questions.delete(envelope.id);
    if (envelope.error === undefined) question?.resolve(envelope.payload);
    else question?.reject(new Error(envelope.error));
  } else {
    hearers.get(envelope.type)?.(envelope.payload as never);
  }
});
