// A part of the program that knows nothing of us and uses Asio as it comes: header-only, with its deprecated
// parts.
#include "header_only_asio.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/io_context_strand.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#ifdef BOOST_ASIO_SEPARATE_COMPILATION
#error "this file is to be compiled without our settings"
#endif

int count_handlers() {
  boost::asio::io_context io;
  boost::asio::io_context::strand strand(io);
  boost::asio::steady_timer timer(io, std::chrono::milliseconds(1));
  int handlers = 0;
  timer.async_wait([&](boost::system::error_code) { ++handlers; });
  boost::asio::post(strand, [&] { ++handlers; });
  boost::system::error_code ignored;
  io.run(ignored);
  return handlers;
}
