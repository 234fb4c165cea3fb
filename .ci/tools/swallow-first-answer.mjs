// A proxy that passes the first POST on and never gives its answer back, as a line that breaks does. Arguments: own port, server's port.
import http from "node:http";

const [own, target] = process.argv.slice(2).map(Number);
let swallowed = false;
http
  .createServer((request, response) => {
    const onward = http.request({ port: target, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      if (request.method === "POST" && !swallowed) {
        swallowed = true;
        answer.resume();
        return;
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  })
  .listen(own);
