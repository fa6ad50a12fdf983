"""How well it is done and what to say: exercises, repetitions, deviations, cues, voice, vibration."""
