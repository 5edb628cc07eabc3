//! RFC work as pure functions; knows nothing of providers, engines or vendors. May import: `error`.
