// mux_peer MODE: this library.
//   listing             all pages, owned assets
//   listing_borrowed    all pages, views into their text
//   small N             N GETs of an asset, eight coroutines on one thread
//   one                 one GET
//   reconnect N         N GETs one after the other

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

#include "peers/address.hpp"
#include "peers/checksum.hpp"

namespace {

namespace asio = boost::asio;

mux::client_options options(const peers::address& to) {
  mux::client_options o;
  o.base_url = to.base_url();
  o.ca_file = to.ca_file;
  o.credentials.token_id = peers::token_id;
  o.credentials.token_secret = peers::token_secret;
  for (mux::class_limit& limit : o.limits.classes) limit.rate = mux::unlimited_rate;
  return o;
}

std::int64_t since_epoch(std::chrono::sys_seconds time) {
  return time.time_since_epoch().count();
}

template <class Pager>
asio::awaitable<void> list(Pager pages, peers::checksum& sum) {
  while (auto page = co_await pages.next())
    for (const auto& asset : page->items) peers::add_asset(sum, asset, since_epoch);
}

asio::awaitable<void> get_many(const mux::client& client, const std::string& id, int& left,
                               peers::checksum& sum) {
  while (left-- > 0) {
    const mux::asset asset = co_await client.video.assets.retrieve(id);
    peers::add_asset(sum, asset, since_epoch);
  }
}

void run(asio::io_context& io, asio::awaitable<void> work) {
  asio::co_spawn(io, std::move(work), [](const std::exception_ptr& e) {
    if (e) std::rethrow_exception(e);
  });
}

}  // namespace

int main(int count, char** arguments) try {
  const std::string mode = count > 1 ? arguments[1] : "";
  int times = count > 2 ? std::atoi(arguments[2]) : 1;
  const peers::address to;
  peers::checksum sum;
  asio::io_context io(1);
  const mux::client client(io.get_executor(), options(to));
  if (mode == "listing")
    run(io, list(client.video.assets.list(), sum));
  else if (mode == "listing_borrowed")
    run(io, list(client.video.assets.list_borrowed(), sum));
  else if (mode == "small")
    for (int i = 0; i < 8; ++i) run(io, get_many(client, to.asset_id, times, sum));
  else if (mode == "one" || mode == "reconnect")
    run(io, get_many(client, to.asset_id, times, sum));
  else
    return std::fputs("mux_peer: no such mode\n", stderr), 2;
  io.run();
  sum.print();
} catch (const std::exception& e) {
  std::fprintf(stderr, "mux_peer: %s\n", e.what());
  return 1;
}
