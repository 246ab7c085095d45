import type { ApproveApi } from './api.js';

export type PushFault = 'insecure' | 'unsupported' | 'denied' | 'failed';
export type PushState = { readonly kind: 'impossible'; readonly fault: PushFault } | { readonly kind: 'off' | 'on' };

export class NoPush extends Error {
  constructor(readonly fault: PushFault) {
    super(fault);
  }
}

const WORKER = '/web/sw.js';
/** Under which id the service knows this browser. */
const ID_SLOT = 'vang.push';

/** Web Push to this browser. */
export class PushSwitch {
  constructor(private readonly api: ApproveApi) {}

  async state(): Promise<PushState> {
    if (!window.isSecureContext) return { kind: 'impossible', fault: 'insecure' };
    if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
      return { kind: 'impossible', fault: 'unsupported' };
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    return { kind: (await registration?.pushManager.getSubscription()) ? 'on' : 'off' };
  }

  /** @throws NoPush, or what the service says */
  async turnOn(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') throw new NoPush('denied');
    const key = await this.api.pushKey();
    const subscription = await subscribed(key).catch(() => {
      throw new NoPush('failed');
    });
    try {
      const { endpoint, keys } = subscription.toJSON();
      localStorage.setItem(ID_SLOT, (await this.api.subscribe({ endpoint, keys })).id);
    } catch (error) {
      // Else the page would say that notices come here.
      await subscription.unsubscribe();
      throw error;
    }
  }

  async turnOff(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    const id = localStorage.getItem(ID_SLOT);
    localStorage.removeItem(ID_SLOT);
    // Without an answer the service finds out at the next notice that the browser is gone.
    if (id) await this.api.unsubscribe(id).catch(() => undefined);
  }
}

async function subscribed(key: string): Promise<PushSubscription> {
  const registration = await navigator.serviceWorker.register(WORKER);
  await activated(registration);
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await registration.pushManager.subscribe(options);
  } catch (error) {
    // Subscribed with the key of another installation at the same address.
    const old = await registration.pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    return registration.pushManager.subscribe(options);
  }
}

/** The worker's scope is its own folder, so the page's `ready` would never come. */
function activated({ active, installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  const worker = installing ?? waiting;
  if (active || !worker) return Promise.resolve();
  return new Promise((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('the worker was not installed'));
    });
  });
}
