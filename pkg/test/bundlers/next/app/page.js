'use client';

import { useEffect, useState } from 'react';

export default function Page() {
  const [words, setWords] = useState('');
  useEffect(() => {
    import('../main.js').then(() => globalThis.outcome).then(setWords);
  }, []);
  return <p>{words}</p>;
}
