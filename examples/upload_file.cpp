// Uploads a file as a new asset: upload_file FILE [URL]. With the URL of an upload that was begun before it
// goes on where that one stands.
#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

boost::asio::awaitable<void> run(const mux::client& client, std::string file, std::string url) {
  mux::file_source source = mux::file_source::open(file).value();
  mux::upload_options options;
  options.resume = !url.empty();
  options.on_progress = [](std::uint64_t durable, std::uint64_t total) {
    std::cout << durable << " of " << total << " bytes\n";
  };
  std::string id;
  if (url.empty()) {
    mux::upload_create_params params;
    params.cors_origin = "*";
    params.new_asset_settings.emplace();
    params.new_asset_settings->playback_policies.emplace_back(mux::playback_policy::public_);
    const mux::upload made = co_await client.video.uploads.create(params);
    id = made.id;
    url = made.url.value();  // a secret: whoever has it can send the bytes
  }
  const mux::upload_outcome done = co_await client.upload(url, source, options);
  std::cout << "uploaded " << done.bytes << " bytes, " << done.retries << " retries\n";
  if (id.empty()) co_return;
  const mux::upload read = co_await client.video.uploads.retrieve(id);
  std::cout << "the upload is " << read.status.text() << '\n';
}

int main(int count, char** arguments) try {
  if (count != 2 && count != 3) {
    std::cerr << "usage: upload_file FILE [URL]\n";
    return 2;
  }
  boost::asio::io_context io;
  const mux::client client(io.get_executor());
  boost::asio::co_spawn(io, run(client, arguments[1], count == 3 ? arguments[2] : ""),
                        [](std::exception_ptr why) {
                          if (why) std::rethrow_exception(why);
                        });
  io.run();
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
