import { open, openInWorker } from 'idpstore/only-okta';
import { report } from './report.js';

report(open, openInWorker);
