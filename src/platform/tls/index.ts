export { type Certificate, CertificateFiles, type CertificatePlace } from './certificate-files.js';
