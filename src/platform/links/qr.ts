import { renderSVG } from 'uqr';

/** A QR code with the margin that scanners want (ISO/IEC 18004: four modules), and enough redundancy for a dusty label. */
export const qrSvg = (text: string): string => renderSVG(text, { ecc: 'M', border: 4, pixelSize: 4 });
