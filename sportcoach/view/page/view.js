// Draws what the view node sends: JPEG pictures as they are, and one JSON object per frame.
const at = (id) => document.getElementById(id);
const canvas = at("picture"), pen = canvas.getContext("2d");
const CUE_SECONDS = 5, SILENCE_SECONDS = 2, RETRY_SECONDS = 1, VISIBLE = 0.5;

let anatomy = { bones: [], limbs: [] };
let picture = null; // ImageBitmap of the newest picture
let decoding = Promise.resolve();
let socket, lastFrame = 0, session = { active: true, muted: false, exercise: "auto" };

const words = (name) => {
  const text = name === "push_up" ? "push-up" : name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
};
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
const write = (id, text) => { if (at(id).textContent !== text) at(id).textContent = text; };

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`);
  socket.binaryType = "blob";
  socket.onmessage = ({ data }) => {
    if (data instanceof Blob) {
      decoding = createImageBitmap(data).then((bitmap) => { picture?.close(); picture = bitmap; }).catch(() => {});
    } else {
      const message = JSON.parse(data);
      decoding.then(() => (message.hello ? greet(message.hello) : show(message)));
    }
  };
  socket.onclose = () => {
    health(2, "no connection: is the view node running?");
    setTimeout(connect, 1000 * RETRY_SECONDS);
  };
}

function greet(hello) {
  anatomy = hello;
  at("choice").replaceChildren(...["auto", ...hello.exercises].map((name) => new Option(words(name), name)));
  at("imu").replaceChildren(...hello.limbs.map((limb) => {
    const item = document.createElement("li");
    item.innerHTML = '<span></span><div class="bar"><i></i></div>';
    item.firstChild.textContent = words(limb);
    return item;
  }));
  health(0, "connected");
}

function show(frame) {
  lastFrame = performance.now();
  draw(frame);
  at("nobody").hidden = frame.detected;
  write("nobody", "Step into the picture");
  write("exercise", frame.exercise ? words(frame.exercise) : frame.detected ? "Ready when you are" : "Nobody in view");
  if (frame.exercise) write("repetitions", String(frame.repetitions));
  const percent = Math.round(100 * Math.min(1, Math.max(0, frame.exercise ? frame.progress ?? 0 : 0)));
  at("progress").firstChild.style.transform = `scaleX(${percent / 100})`;
  at("progress").setAttribute("aria-valuenow", percent);
  write("stage", frame.exercise ? words(frame.stage) : "Idle");
  write("tempo", frame.tempo === null ? "-" : `${frame.tempo.toFixed(1)} s`);
  write("quality", frame.quality === null ? "-" : `${Math.round(100 * frame.quality)}`);
  showCue(frame.cue);
  showJoints(frame.joints);
  showSensors(frame.imu);
  write("speed", `${Math.round(frame.rate ?? 0)} pictures/s, ${Math.round(frame.latency ?? 0)} ms late`);
  health(frame.health.level, frame.health.message || "all well");
  if (frame.session) showSession(frame.session);
}

function showCue(cue) {
  const current = cue && cue.age >= 0 && cue.age < CUE_SECONDS;
  at("cue").dataset.severity = current ? cue.severity : "";
  write("cue", current ? cue.text : "");
}

function showJoints(joints) {
  const items = [...joints].sort((a, b) => Math.abs(b.deviation ?? 0) - Math.abs(a.deviation ?? 0)).slice(0, 5);
  while (at("joints").children.length < items.length) {
    at("joints").append(document.createElement("li"));
    at("joints").lastChild.append(document.createElement("span"), document.createElement("b"));
  }
  while (at("joints").children.length > items.length) at("joints").lastChild.remove();
  items.forEach((joint, index) => {
    const item = at("joints").children[index];
    item.className = joint.good ? "" : "off";
    item.firstChild.textContent = words(joint.name);
    item.lastChild.textContent = joint.deviation === null ? "-" : `${joint.deviation > 0 ? "+" : ""}${Math.round(joint.deviation)}°`;
  });
}

function showSensors(activity) {
  [...at("imu").children].forEach((item, index) => {
    const value = activity[index];
    item.className = value === null ? "silent" : "";
    item.firstChild.textContent = words(anatomy.limbs[index]) + (value === null ? ": no signal" : "");
    item.querySelector("i").style.transform = `scaleX(${value ?? 0})`;
  });
}

function showSession(now) {
  session = now;
  write("start", now.active ? "Stop set" : "Start set");
  write("mute", now.muted ? "Muted" : "Mute");
  at("mute").setAttribute("aria-pressed", String(now.muted));
  if (document.activeElement !== at("choice")) at("choice").value = now.exercise;
}

function health(level, message) {
  at("health").dataset.level = level;
  write("health", message);
}

function draw(frame) {
  const [width, height] = picture ? [picture.width, picture.height] : [canvas.width, canvas.height];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  pen.setTransform(-1, 0, 0, 1, width, 0); // as in a mirror
  pen.clearRect(0, 0, width, height);
  if (picture) pen.drawImage(picture, 0, 0);
  if (!frame.detected) return;
  const point = (index) => [frame.landmarks[2 * index] * width, frame.landmarks[2 * index + 1] * height];
  const seen = (index) => frame.visibility[index] >= VISIBLE;
  pen.lineCap = "round";
  pen.lineWidth = Math.max(3, width / 160);
  pen.strokeStyle = "#ffffffd0";
  pen.beginPath();
  for (const [from, to] of anatomy.bones) {
    if (!seen(from) || !seen(to)) continue;
    pen.moveTo(...point(from));
    pen.lineTo(...point(to));
  }
  pen.stroke();
  for (const joint of frame.joints) {
    if (joint.landmark === null || !seen(joint.landmark)) continue;
    pen.fillStyle = joint.good ? "#22c58b" : "#ff7a3c";
    pen.beginPath();
    pen.arc(...point(joint.landmark), (joint.good ? 1.3 : 2.4) * pen.lineWidth, 0, 7);
    pen.fill();
  }
}

const send = (command, value = "") => socket.readyState === 1 && socket.send(JSON.stringify({ command, value }));
at("start").onclick = () => send(session.active ? "stop" : "start");
at("mute").onclick = () => send(session.muted ? "unmute" : "mute");
at("calibrate").onclick = () => send("calibrate");
at("choice").onchange = ({ target }) => send("exercise", target.value);
at("controls").onsubmit = (event) => event.preventDefault();
setInterval(() => {
  if (lastFrame && performance.now() - lastFrame > 1000 * SILENCE_SECONDS && socket.readyState === 1) {
    health(1, "no pictures arrive");
  }
}, 500);
connect();
