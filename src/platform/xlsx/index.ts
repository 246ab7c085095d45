export { type XlsxCell, type XlsxSheet, xlsxStream } from './xlsx.js';
