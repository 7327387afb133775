import { App } from './app.js';
import { html, render } from './html.js';

const root = document.getElementById('root');
if (root) render(html`<${App} />`, root);
