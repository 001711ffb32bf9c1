// Before the first paint: the theme and density that were chosen in this browser. Without a choice the system decides.
(() => {
  const chosen = key => {
    try {
      return localStorage.getItem(`ropeway.${key}`);
    } catch {
      return null; // Storage may be switched off.
    }
  };
  for (const key of ['theme', 'density']) {
    const value = chosen(key);
    if (value) {
      document.documentElement.dataset[key] = value;
    }
  }
})();
