// A service of its own process for the benchmarks: one task that is done, and a file of 500 MB.
import http from 'node:http';

const FILE_BYTES = 500 * 1024 * 1024;
const block = Buffer.alloc(1024 * 1024, 7);
const first = Buffer.from(block);
first.write('\x00\x00\x00\x18ftypisom', 0, 'latin1');

const server = http.createServer((req, res) => {
  const json = (body) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(body));
  };
  req.resume();
  req.on('end', () => {
    if (req.url === '/file') {
      res.writeHead(200, { 'content-length': FILE_BYTES, 'content-type': 'video/mp4', etag: '"bench"' });
      let left = FILE_BYTES;
      const send = () => {
        while (left > 0) {
          const piece = left === FILE_BYTES ? first : block;
          left -= piece.length;
          if (!res.write(piece)) return void res.once('drain', send);
        }
        res.end();
      };
      send();
    } else if (req.method === 'POST') json({ status: 'SUBMITTED', taskId: 'bench', creditsCharged: 15, idempotentReplay: false });
    else if (req.url?.endsWith('/status')) json({ status: 'COMPLETED' });
    else if (req.url?.endsWith('/tasks')) json({ tasks: [] });
    else {
      const url = `http://${req.headers.host}/file`;
      json({ id: 'bench', model: 't2v', input: {}, output: { url }, status: 'COMPLETED' });
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
