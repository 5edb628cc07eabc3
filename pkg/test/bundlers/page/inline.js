import { open, openInWorker } from 'idpstore/inline';
import { report } from './report.js';

report(open, openInWorker);
