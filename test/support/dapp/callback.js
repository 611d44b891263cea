import { handleAuthCallback } from 'prividium';

handleAuthCallback((error) => {
  document.body.textContent = error;
});
