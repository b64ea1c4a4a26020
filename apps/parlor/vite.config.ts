import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A configuration file is the one place where the tool asks for a default export.
export default defineConfig({
  plugins: [react()],
  build: {
    // Everything is a file of its own, so that the page works under a Content-Security-Policy without data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
