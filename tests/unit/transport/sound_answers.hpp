#pragma once

// Answers as servers give them: what tests damage and fuzzers begin with.

#include <string>
#include <vector>

#include "unit/transport/gzip.hpp"

namespace mux::test {

inline std::vector<std::string> sound_answers() {
  const std::string ok_line = "HTTP/1.1 200 OK\r\n", coded = gzipped(rows(2000));
  const std::string coding = "Content-Encoding: gzip\r\n";
  return {ok_line + "X: y\r\nContent-Length: 8\r\n\r\n{\"id\":1}",
          ok_line + "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\n{\"id\"\r\n3\r\n:1}\r\n0\r\nX: y\r\n\r\n",
          "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nnope",
          "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n",
          ok_line + coding + "Content-Length: " + std::to_string(coded.size()) + "\r\n\r\n" + coded,
          ok_line + coding + "\r\n" + coded + gzipped("more")};
}

}  // namespace mux::test
