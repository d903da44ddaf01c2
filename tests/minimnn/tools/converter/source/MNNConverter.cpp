// What the tests need of ONNX: one node without attributes, one input, one
// output, and the output's shape.
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>
#include "optimizer/onnxextra/OnnxExtraManager.hpp"
using namespace MNN::Express;
typedef std::pair<int, std::string> Field;
static std::vector<Field> fields(const std::string &s) {
    std::vector<Field> all;
    for (size_t i = 0; i < s.size();) {
        auto number = [&]() {
            unsigned long v = 0;
            for (int shift = 0; i < s.size(); shift += 7) {
                unsigned char c = s[i++];
                v |= (unsigned long)(c & 127) << shift;
                if (!(c & 128)) break;
            }
            return v;
        };
        unsigned long tag = number(), n;
        if ((tag & 7) == 0) {
            all.push_back({(int)(tag >> 3), std::to_string(number())});
        } else if ((tag & 7) == 2) {
            n = number();
            all.push_back({(int)(tag >> 3), s.substr(i, n)});
            i += n;
        } else {
            i += (tag & 7) == 5 ? 4 : 8;
        }
    }
    return all;
}
static std::string field(const std::string &s, int number) {
    for (auto &f : fields(s))
        if (f.first == number) return f.second;
    return "";
}
// of ONNX's operators on one element those that are one operation of UnaryOp
static int unary(const std::string &op) {
    static const char *const names[] = {"", "Abs", "Ceil", "Floor", "Neg"};
    for (int i = 1; i < 5; i++)
        if (op == names[i]) return i;
    return 0;
}
int main(int argc, char **argv) {
    std::string from, to, op;
    for (int i = 1; i + 1 < argc; i++) {
        if (std::string(argv[i]) == "--modelFile") from = argv[i + 1];
        if (std::string(argv[i]) == "--MNNModel") to = argv[i + 1];
    }
    std::ifstream file(from, std::ios::binary);
    std::string model((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::string graph = field(model, 7), node = field(graph, 1), output = field(graph, 12);
    EXPRP e(new Expr{"", field(node, 1), field(node, 2), "", 1.0f});
    op = field(node, 4);
    for (auto &f : fields(field(field(field(output, 2), 1), 2)))
        if (f.first == 1) e->shape += " " + field(f.second, 1);
    e->operation = unary(op);
    e->type = op == "Relu" ? "ReLU" : e->operation ? "UnaryOp" : op;
    if (auto t = OnnxExtraManager::get()->find(op)) e = t->onExecute(e);
    else if (op != "Relu" && op != "Flatten" && !e->operation) {
        std::cerr << "These Op Not Support: ONNX::" << op << "\n";
        return 1;
    }
    if (!e) return 1;
    std::ofstream(to) << e->type << " " << e->scale << " " << e->operation << " " << e->input << " " << e->output << e->shape << "\n";
    return 0;
}
