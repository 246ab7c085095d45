/**
 * Shows what the service pushes, and opens what it is about. A plain script: browsers of 2023 know no modules here. The worker
 * serves no files, so a new version of the pages is never held back by it.
 */
interface PushWorker extends EventTarget {
  readonly location: { readonly origin: string };
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(wish: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly PushWindow[]>;
    openWindow(address: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
}
interface PushWindow {
  readonly url: string;
  focus(): Promise<unknown>;
}
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushCame extends WorkerEvent {
  readonly data: { json(): unknown } | null;
}
interface NoticeTapped extends WorkerEvent {
  readonly notification: Notification;
}

{
  const worker = self as unknown as PushWorker;
  const HOME = '/duyet';

  const contentOf = (data: PushCame['data']): { title: string; body: string; link: string } => {
    let found: unknown = null;
    try {
      found = data?.json();
    } catch {
      // Something is shown all the same: a browser takes the right away from who shows nothing.
    }
    const { title, body, link } = (found ?? {}) as Record<string, unknown>;
    return {
      title: typeof title === 'string' && title !== '' ? title : 'Vang',
      body: typeof body === 'string' ? body : '',
      link: typeof link === 'string' ? link : HOME,
    };
  };

  /** Never out of this service, whatever a notice says. */
  const addressOf = (link: unknown): string => {
    const { origin } = worker.location;
    try {
      const url = new URL(String(link), origin);
      return url.origin === origin ? url.href : `${origin}${HOME}`;
    } catch {
      return `${origin}${HOME}`;
    }
  };

  const open = async (address: string): Promise<void> => {
    const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const there = windows.find(({ url }) => url === address);
    await (there ? there.focus() : worker.clients.openWindow(address));
  };

  worker.addEventListener('install', (event) => (event as WorkerEvent).waitUntil(worker.skipWaiting()));
  worker.addEventListener('push', (event) => {
    const { title, body, link } = contentOf((event as PushCame).data);
    // A reminder takes the place of the notice that it repeats.
    const shown = worker.registration.showNotification(title, { body, tag: link, data: { link } });
    (event as WorkerEvent).waitUntil(shown);
  });
  worker.addEventListener('notificationclick', (event) => {
    const { notification } = event as NoticeTapped;
    notification.close();
    const { link } = (notification.data ?? {}) as { readonly link?: unknown };
    (event as WorkerEvent).waitUntil(open(addressOf(link ?? HOME)));
  });
}
