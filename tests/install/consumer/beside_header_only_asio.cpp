#include "header_only_asio.hpp"
#include "refused_call.hpp"

int main() {
  refused_call();
  std::cout << "handlers: " << count_handlers() << '\n';
}
