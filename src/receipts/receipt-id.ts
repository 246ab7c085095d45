/** The identity of a receipt. */
export const receiptId = (device: string, boot: number, seq: number): string => `${device}.${boot}.${seq}`;

export function placeOf(id: string): { readonly device: string; readonly boot: number; readonly seq: number } {
  const [, device = '', boot = '0', seq = '0'] = /^(.*)\.(\d+)\.(\d+)$/.exec(id) ?? [];
  return { device, boot: Number(boot), seq: Number(seq) };
}
