export { BYTE_ORDER_MARK, csvLine, isFormula } from './csv.js';
