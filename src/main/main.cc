#include "app/commands.h"

int main(int argc, char** argv) {
  return penstock::app::run(argc, argv);
}
