// The look of the console, as one style sheet.

import base from './base.css';
import frame from './frame.css';
import parts from './parts.css';
import screens from './screens.css';

export const STYLE = base + frame + parts + screens;
