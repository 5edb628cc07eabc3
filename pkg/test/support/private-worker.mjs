// The package's worker in a window in which the browser keeps no files.
import '/dist/worker-main.js';

navigator.storage.getDirectory = () => Promise.reject(new DOMException('Security error when calling GetDirectory', 'SecurityError'));
