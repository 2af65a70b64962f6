// Rings and key tones, made on the spot by WebAudio. Silent until the page was touched, as browsers ask.
window.handsetTones = (() => {
  const rows = [697, 770, 852, 941];
  const columns = [1209, 1336, 1477];
  const keys = "123456789*0#";
  let context = null;
  let ringing = null;

  const ready = () => {
    if (!navigator.userActivation?.hasBeenActive) return null;
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
    return context;
  };

  const tone = (frequencies, length, loudness = 0.06) => {
    const audio = ready();
    if (!audio) return;
    const gain = audio.createGain();
    const now = audio.currentTime;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(loudness, now + 0.01);
    gain.gain.setValueAtTime(loudness, now + length - 0.02);
    gain.gain.linearRampToValueAtTime(0, now + length);
    gain.connect(audio.destination);
    for (const frequency of frequencies) {
      const wave = audio.createOscillator();
      wave.frequency.value = frequency;
      wave.connect(gain);
      wave.start(now);
      wave.stop(now + length);
    }
  };

  const key = (name) => {
    const place = keys.indexOf(name);
    if (place >= 0) tone([rows[Math.floor(place / 3)], columns[place % 3]], 0.14);
  };

  // The called phone's bell, or what its caller hears meanwhile.
  const ring = (kind) => {
    if (ringing?.kind === kind) return;
    quiet();
    if (!kind) return;
    const once = () => (kind === "ringing" ? [0, 400].forEach((wait) => setTimeout(() => ringing?.kind === kind && tone([400, 450], 0.35), wait)) : tone([440, 480], 1.2, 0.03));
    ringing = { kind, timer: setInterval(once, 3000) };
    once();
  };

  const quiet = () => {
    if (ringing) clearInterval(ringing.timer);
    ringing = null;
  };

  return { key, ring };
})();
