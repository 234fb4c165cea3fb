// Reads calendar entries with ical.js, strictly, and checks what every one of them must have.
import assert from "node:assert";
import fs from "node:fs";
import ICAL from "ical.js";

for (const path of process.argv.slice(2)) {
  const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(path, "utf8")));
  const events = calendar.getAllSubcomponents("vevent");
  assert.equal(events.length, 1, path);
  const event = new ICAL.Event(events[0]);
  assert.ok(event.uid && event.summary && event.description && event.location, path);
  assert.ok(!event.description.includes("\ufffd"), path);
  assert.equal(event.endDate.subtractDate(event.startDate).toSeconds(), 7200, path);
  assert.equal(events[0].getFirstProperty("dtstart").getParameter("tzid"), calendar.getFirstSubcomponent("vtimezone").getFirstPropertyValue("tzid"), path);
  assert.equal(event.attendees.length, calendar.getFirstPropertyValue("method") === "REQUEST" ? 1 : 0, path);
}
console.log(`ical.js read ${process.argv.length - 2} entries`);
